// A day's requests in small: few pictures are asked for often and many seldom (Zipf), each in several widths, by browsers
// of four classes. Drawn from a seed, so that all contenders answer the same.

export interface TraceRequest {
  /** The rank of its source: 0 is the one that is asked for most. */
  readonly source: number
  readonly width: number
  readonly accept: string
}

export const traceSources = 300
export const traceWidths = [160, 320, 480, 640, 960, 1280] as const

/** What browsers say when they ask for a picture, and how many of a hundred say it. */
const classes = [
  { share: 55, accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' },
  { share: 25, accept: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5' },
  { share: 12, accept: 'image/webp,image/apng,image/*,*/*;q=0.8' },
  { share: 8, accept: 'image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5' },
] as const

/** The weight of rank r is r to the minus this. */
const exponent = 0.9

export function makeTrace(requests: number, seed = 1): TraceRequest[] {
  const random = randomFrom(seed)
  const sources = chooserOf(Array.from({ length: traceSources }, (_, rank) => (rank + 1) ** -exponent))
  const browsers = chooserOf(classes.map(({ share }) => share))
  return Array.from({ length: requests }, () => ({
    source: sources(random()),
    width: traceWidths[Math.floor(random() * traceWidths.length)] ?? traceWidths[0],
    accept: classes[browsers(random())]?.accept ?? classes[0].accept,
  }))
}

/** Of weights, the index that a number from 0 to 1 falls upon. */
function chooserOf(weights: readonly number[]): (at: number) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const ends: number[] = []
  for (const weight of weights) ends.push((ends.at(-1) ?? 0) + weight / total)
  return (at) =>
    Math.max(
      0,
      ends.findIndex((end) => at < end),
    )
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
