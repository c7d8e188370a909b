// PQ and HLG as they are, in an AVIF of 10 bits: samples keep their meaning, and the file says it.
import type { Facts } from '../../facts.ts'
import { codePointsOf } from '../../identify/colour-code.ts'
import { orFailure, run, samplesOf } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import type { Plan } from '../../plan/plan.ts'
import { nclxContent, withColr, withHeader } from '../avif-colour.ts'
import { asStored } from '../open.ts'
import { type Bounds, optionsFor } from '../reading.ts'
import { checked, type Rendered } from '../rendered.ts'
import { frame } from '../steps/frame.ts'

/** Effort 0, as other AVIFs have it; colour at half its resolution would show in bright edges. */
const settings = { bitdepth: 10, effort: 0, chromaSubsampling: '4:4:4' } as const

/** Resized by its samples, which are spaced as eyes see them. Fails as a render does. */
export const inTenBits = (
  source: Uint8Array,
  { facts, plan, bounds }: { readonly facts: Facts; readonly plan: Plan; readonly bounds: Bounds },
): Promise<Rendered> =>
  orFailure(async () => {
    const { encoding } = plan
    const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    const image = await asStored(bytes, facts, optionsFor(facts, plan, bounds))
    const { data, width, height, channels } = await samplesOf(frame(image, facts, plan), 16)
    const deep = sharp(data, { raw: { width, height, channels } }).toColourspace('rgb16')
    const { data: avif } = await run(
      deep.avif({
        ...settings,
        ...(encoding.quality !== undefined && { quality: encoding.quality }),
        lossless: encoding.lossless,
      }),
    )
    const points = facts.colour && codePointsOf(facts.colour)
    if (!points) throw new RangeError('a plan for samples that nothing tells the meaning of')
    return checked(
      { data: withColr(withHeader(avif, points), nclxContent(points)), info: { width, height } },
      plan,
      encoding,
    )
  })
