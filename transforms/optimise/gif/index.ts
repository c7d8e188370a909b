// Lossless optimising of GIF: Gifsicle stores each frame as its difference from the one before. Every frame is compared.
import type { Facts } from '../../facts.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import { once } from '../jpeg/index.ts'
import type { Candidate } from '../smallest-candidate.ts'
import { hashAnimation, isSameAnimation } from './animation-equality.ts'
import { stripGif } from './blocks.ts'
import { runGifsicle } from './gifsicle.ts'

/** All frames are decoded twice to compare them, four bytes a pixel. */
const mostPixels = 60e6
/** sharp takes 2.3 s a file where Gifsicle takes 0.2, so it gets only small files. */
const mostPixelsForSharp = 10e6

export function listGifCandidates(source: Uint8Array, facts: Facts, endsAt: number): Candidate[] {
  const stripped: Candidate = {
    name: 'blocks that are not the picture removed',
    format: 'gif',
    make: async () => stripGif(source) ?? source,
    findFault: async () => undefined, // the frames' own bytes are not touched
  }
  const total = facts.width * facts.height * facts.pages
  if (total > mostPixels) return [stripped]
  const before = once(() => hashAnimation(source))
  const findFault = async (body: Uint8Array): Promise<string | undefined> =>
    isSameAnimation(await before(), await hashAnimation(body)) ? undefined : 'its frames differ'
  const bounds = { endsAt, maxBytes: source.length * 2 + 65_536 }
  const candidate = (name: string, make: Candidate['make']): Candidate => ({
    name,
    format: 'gif',
    make,
    findFault,
  })
  return [
    stripped,
    candidate('gifsicle -O3', () => runGifsicle(source, ['-O3'], bounds)),
    ...(total > mostPixelsForSharp ? [] : [candidate('sharp', () => recodeBySharp(source))]),
  ]
}

/** The palettes stay: a colour that is not in them would be a loss. */
async function recodeBySharp(source: Uint8Array): Promise<Uint8Array> {
  const image = sharp(source, { animated: true, limitInputPixels: false })
  return (await run(image.gif({ reuse: true, effort: 10, dither: 0, keepDuplicateFrames: true }))).data
}
