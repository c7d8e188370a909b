// A plain version of the preconditioning, pixel by pixel in doubles: slow, and close to its description.

interface Picture {
  readonly rgb: Uint8Array
  readonly width: number
  readonly height: number
}

type Three = readonly [number, number, number]

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value))

const lights = Array.from({ length: 257 }, (_, level) => {
  const value = Math.min(level, 255) / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

function light(level: number): number {
  const at = clamp(level, 255)
  const [low = 0, high = 0] = [lights[Math.floor(at)], lights[Math.floor(at) + 1]]
  return low + (high - low) * (at % 1)
}

const level = (value: number): number =>
  255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055)

const brightness = ([r, g, b]: Three): number => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b)

/** What a chroma adds to each channel (JFIF 1.02). */
const colour = (cb: number, cr: number): Three => [1.402 * cr, -0.344136 * cb - 0.714136 * cr, 1.772 * cb]

const moved = ([r, g, b]: Three, by: number): Three => [r + by, g + by, b + by]

export function plainly({ rgb, width, height }: Picture, strength: number): Uint8Array {
  const [across, below] = [Math.ceil(width / 2), Math.ceil(height / 2)]
  const place = (x: number, y: number) => (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 3
  const pixel = (at: number): Three => [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0]
  const placesOf = (bx: number, by: number) =>
    [0, 1, 2, 3].map((i) => ({
      x: Math.min(bx * 2 + (i & 1), width - 1),
      y: Math.min(by * 2 + (i >> 1), height - 1),
    }))
  const blocks: (readonly [number, number])[] = []
  for (let by = 0; by < below; by++) for (let bx = 0; bx < across; bx++) blocks.push(chromaOf(bx, by))

  function chromaOf(bx: number, by: number): readonly [number, number] {
    const [r = 0, g = 0, b = 0] = [0, 1, 2].map((channel) => {
      const all = placesOf(bx, by).map(({ x, y }) => light(rgb[place(x, y) + channel] ?? 0))
      return level(all.reduce((sum, each) => sum + each, 0) / 4)
    })
    return [-0.168736 * r - 0.331264 * g + 0.5 * b, 0.5 * r - 0.418688 * g - 0.081312 * b]
  }

  function smooth(x: number, y: number): readonly number[] {
    const [bx, by] = [x >> 1, y >> 1]
    const nx = Math.min(across - 1, Math.max(0, bx + (x % 2 ? 1 : -1)))
    const ny = Math.min(below - 1, Math.max(0, by + (y % 2 ? 1 : -1)))
    const at = (column: number, row: number, plane: 0 | 1) => blocks[row * across + column]?.[plane] ?? 0
    return ([0, 1] as const).map(
      (plane) =>
        (9 * at(bx, by, plane) + 3 * at(nx, by, plane) + 3 * at(bx, ny, plane) + at(nx, ny, plane)) / 16,
    )
  }

  function lumaFor(x: number, y: number): number {
    const own = pixel(place(x, y))
    const [cb = 0, cr = 0] = smooth(x, y)
    const plain = 0.299 * own[0] + 0.587 * own[1] + 0.114 * own[2]
    const off = [cb - (own[2] - plain) * 0.564334, cr - (own[0] - plain) * 0.713267]
    if (Math.max(...off.map(Math.abs)) < 1.5) return plain
    let luma = plain
    for (let step = 0; step < 2; step++) {
      const made = moved(colour(cb, cr), luma)
      const slope = brightness(moved(made, 1)) - brightness(made)
      if (slope < 0.00001) break
      luma += Math.max(-24, Math.min(24, (brightness(own) - brightness(made)) / slope))
    }
    return clamp(luma, 255)
  }

  const room = (luma: number, chroma: readonly [number, number]): number =>
    Math.min(1, ...colour(...chroma).map((by) => (by > 0 ? (255 - luma) / by : by < 0 ? luma / -by : 1)))

  const out = rgb.slice()
  for (const [i, wanted] of blocks.entries()) {
    const pixels = placesOf(i % across, Math.floor(i / across)).map(({ x, y }) => ({
      at: place(x, y),
      luma: lumaFor(x, y),
    }))
    let chroma = wanted
    for (let round = 0; round < 4; round++) {
      const kept = pixels.reduce((sum, { luma }) => sum + room(luma, chroma), 0)
      if (kept >= 3.99) break
      chroma = [
        chroma[0] + wanted[0] - (chroma[0] * kept) / 4,
        chroma[1] + wanted[1] - (chroma[1] * kept) / 4,
      ]
    }
    for (const { at, luma } of pixels) {
      const part = room(luma, chroma)
      const made = moved(colour(chroma[0] * part, chroma[1] * part), luma)
      for (const [channel, value] of made.entries()) {
        const was = rgb[at + channel] ?? 0
        out[at + channel] = was + (Math.floor(clamp(value + 0.5, 255)) - was) * strength + 0.5
      }
    }
  }
  return out
}
