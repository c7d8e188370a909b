// The gain map of a source in a JPEG that was made of it.
import type { Facts } from '../../facts.ts'
import { identify } from '../../identify.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import type { Plan } from '../../plan/plan.ts'
import type { Rendered } from '../rendered.ts'
import { frame } from '../steps/frame.ts'
import { withMap } from './container.ts'
import { findGainMap, type GainMap } from './gain-map.ts'
import { geometryOfMap } from './map-geometry.ts'

interface Subject {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly plan: Plan
}

/** Without it where the source has none after all, where it cannot be read, or where it would be too many bytes. */
export async function withKeptMap(made: Rendered, { source, facts, plan }: Subject): Promise<Rendered> {
  const found = made.type === 'image/jpeg' ? findGainMap(source) : undefined
  const jpeg = found && (await fitted(found, facts, plan))
  if (!jpeg) return made
  const body = withMap(made.body, { ...found, jpeg })
  return body.length > (plan.maxBytes ?? body.length) ? made : { ...made, body }
}

/** Few levels of a map are seen, so it takes a usual quality; its channels are no colours, so none is halved. */
const quality = 85

async function fitted({ jpeg }: GainMap, facts: Facts, plan: Plan): Promise<Uint8Array | undefined> {
  try {
    const map = identify(jpeg)
    // A map is no larger than its picture.
    if (map.width > facts.width || map.height > facts.height || map.space === 'cmyk') return undefined
    const image = sharp(jpeg, {
      ignoreIcc: true,
      autoOrient: false,
      limitInputPixels: facts.width * facts.height,
    })
    const framed = frame(image, map, {
      ...geometryOfMap(plan, facts, map),
      background: plan.background,
      flatten: false,
    } as Plan)
    const channels = map.space === 'gray' ? framed.toColourspace('b-w') : framed
    return (await run(channels.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: true }))).data
  } catch {
    return undefined // damaged: the picture itself is whole
  }
}
