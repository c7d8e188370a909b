// What `meta` answers: the source, the operations that would be done to it, and the size that comes out.
import type { Answer } from '../../../tier.ts'
import { exact, type Options, plainFacts, plan } from '../../../transforms/index.ts'
import { type NativeFacts, reshaped } from '../shared/facts.ts'

interface Operation {
  readonly type: string
  readonly [name: string]: string | number
}

export const metaAnswer =
  (options: Options, url: string) =>
  (answer: Answer): Answer =>
    reshaped(answer, 'meta', (facts) => {
      const { width, height, pages: frameCount } = facts
      const made = planOf(options, facts)
      return {
        thumbor: {
          source: { url, width, height, frameCount },
          operations: operationsOf(made, facts),
          target: { width: made.width, height: made.height },
        },
      }
    })

type Made = ReturnType<typeof plan>

/** Sizes depend on nothing else of a picture; `facts` are of the upright one. */
const planOf = (options: Options, { width, height }: NativeFacts): Made =>
  plan(exact({ ...options, format: 'png' }, { formats: 'basic', saveData: false }), {
    ...plainFacts,
    ...{ format: 'png', width, height, bytes: 0 },
  })

/** A part that is cut from the resized picture is told as thumbor does it: cut from the source, and then resized. */
function operationsOf({ before, ...last }: Made, source: NativeFacts): readonly Operation[] {
  const { extract, resize, crop, flip } = before?.[0] ?? last
  // What draws attention nobody has looked for.
  const cut = crop?.by === 'box' ? crop.box : undefined
  const { width, height } = crop?.by === 'box' ? crop.box : (crop ?? resize ?? source)
  const scale = (resize?.width ?? 1) / (resize ? (extract ?? source).width : 1)
  return [
    ...(extract ? [cutTo(extract, 1)] : []),
    ...(cut ? [cutTo(cut, scale)] : []),
    ...(resize ? [{ type: 'resize', width, height }] : []),
    ...(flip?.horizontal ? [{ type: 'flip_horizontally' }] : []),
    ...(flip?.vertical ? [{ type: 'flip_vertically' }] : []),
  ]
}

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function cutTo({ left, top, width, height }: Box, scale: number): Operation {
  const px = (side: number): number => Math.round(side / scale)
  return { type: 'crop', left: px(left), top: px(top), right: px(left + width), bottom: px(top + height) }
}
