// Colours as numbers from 0 to 255, and the few ways of mixing them that the drawings use.

export type Colour = readonly [red: number, green: number, blue: number]

export const clamp = (value: number, low = 0, high = 1): number => Math.min(Math.max(value, low), high)

export const mix = (from: number, to: number, share: number): number => from + (to - from) * share

/** 0 below `low`, 1 above `high`, and no edge to be seen between. */
export function smooth(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low))
  return t * t * (3 - 2 * t)
}

export const blend = (from: Colour, to: Colour, share: number): Colour => [
  mix(from[0], to[0], share),
  mix(from[1], to[1], share),
  mix(from[2], to[2], share),
]

export const hex = (text: string): Colour => {
  const value = Number.parseInt(text.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

/** A gradient through stops of [position, colour]. */
export function gradient(stops: readonly (readonly [number, Colour])[]): (position: number) => Colour {
  return (position) => {
    const next = stops.findIndex(([at]) => at >= position)
    const [toAt, to] = stops[next < 0 ? stops.length - 1 : next] ?? [0, black]
    const [fromAt, from] = stops[Math.max(0, (next < 0 ? stops.length : next) - 1)] ?? [toAt, to]
    return blend(from, to, toAt === fromAt ? 1 : smooth(fromAt, toAt, position))
  }
}

export const black: Colour = [0, 0, 0]
export const white: Colour = [255, 255, 255]
