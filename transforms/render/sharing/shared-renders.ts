// Carries out an order with what others have left, and leaves them what they can use. What cannot be had that way is
// rendered from the source, so a picture never depends on another's failure.
import type { Order, StageAnswer, StageOrder } from '../worker.ts'
import type { Sharing } from './company.ts'
import { createPieces, type LentPiece, type Pieces } from './pieces.ts'
import { baseBytes, type Divisor, pixelBytes } from './shares.ts'

export type SharingOrder = Omit<Order, 'stage'> & { readonly sharing?: Sharing }

/** How often a source was decoded for it. */
export type CountedAnswer = StageAnswer & { readonly decodes: number }

/** Of a base and a few sizes; it goes when its page is made. */
const usual = { maxBytes: 72e6, idleMs: 2000 } as const

type Run = (order: Order) => Promise<StageAnswer>

export function createSharedRenders(run: Run, pieces: Pieces = createPieces(usual)) {
  return async ({ sharing, ...order }: SharingOrder): Promise<CountedAnswer> => {
    const making = beginMaking(order, run)
    if (!sharing) return making.counted(await making.go())
    const borrowed = await borrow(sharing, making, pieces)
    try {
      const { base, finished } = borrowed
      // A stage of its own only where it begins somewhere: the render from the source looks for shorter ways as well.
      const begun = finished ? { finished: finished.pixels } : base && { base: base.pixels }
      const answer = begun && (await making.go({ make: 'picture', ...begun }))
      return making.counted(answer && 'picture' in answer ? answer : await making.go())
    } finally {
      borrowed.base?.giveBack()
      borrowed.finished?.giveBack()
      dropUnwanted(sharing, pieces)
    }
  }
}

interface Borrowed {
  readonly base?: LentPiece | undefined
  readonly finished?: LentPiece | undefined
}

const finishedKey = ({ source, pixels }: Sharing): string => `${source} ${pixels}`
const baseKey = ({ source }: Sharing, divisor: Divisor): string => `${source} base ${divisor}`

async function borrow(sharing: Sharing, making: Making, pieces: Pieces): Promise<Borrowed> {
  const key = finishedKey(sharing)
  const found = await pieces.find(key)
  if (found) return { finished: found }
  const base = await borrowBase(sharing, making, pieces)
  if (!sharing.keep) return { base }
  // Somebody may have begun meanwhile.
  const finished =
    pieces.find(key) ??
    pieces.add(key, pixelBytes(making.order.plan, making.order.facts), (memory) =>
      making.stage({ make: 'pixels', memory, ...(base && { base: base.pixels }) }),
    )
  return { base, finished: await finished }
}

/** One that is there and large enough; else those that are worth it, each from the one before. */
async function borrowBase(sharing: Sharing, making: Making, pieces: Pieces): Promise<LentPiece | undefined> {
  for (const each of suitable(sharing)) {
    const found = await pieces.find(baseKey(sharing, each))
    if (found) return found
  }
  let base: LentPiece | undefined
  for (const each of sharing.bases) {
    const before = base ?? (each === 1 ? undefined : await pieces.find(baseKey(sharing, 1)))
    const key = baseKey(sharing, each)
    base = await (pieces.find(key) ??
      pieces.add(key, baseBytes(making.order.facts, each), (memory) =>
        making.stage({ make: { base: each }, memory, ...(before && { base: before.pixels }) }),
      ))
    before?.giveBack()
  }
  return base
}

/** The smallest first. Of much smaller pictures the source's own size would do too, but takes longer to make smaller. */
function suitable({ divisor }: Sharing): readonly Divisor[] {
  if (divisor === undefined) return []
  return divisor === 1 ? [1] : ([5, 3, 2] as const).filter((each) => each <= divisor)
}

function dropUnwanted(sharing: Sharing, pieces: Pieces): void {
  if (!sharing.keep) pieces.drop(finishedKey(sharing))
  if (sharing.divisor === undefined) return
  if (sharing.bases.length === 0) for (const each of suitable(sharing)) pieces.drop(baseKey(sharing, each))
  if (!sharing.bases.includes(1)) pieces.drop(baseKey(sharing, 1))
}

type Making = ReturnType<typeof beginMaking>

/** One picture's own stages: the time that is left for them, what they took, and how often the source was decoded. */
function beginMaking(order: Order, run: Run) {
  const startedAt = performance.now()
  let [decodes, spentMs] = [0, 0]

  async function go(stage?: StageOrder): Promise<StageAnswer> {
    if (!stage?.base && !stage?.finished) decodes++
    const timeoutMs = Math.max(1, order.timeoutMs - (performance.now() - startedAt))
    const answer = await run({ ...order, timeoutMs, ...(stage && { stage }) })
    if ('renderMs' in answer) spentMs += answer.renderMs
    return answer
  }

  return {
    order,
    go,
    /** Undefined where it failed: the picture is then tried without it, and says itself why not. */
    async stage(stage: StageOrder) {
      const answer = await go(stage)
      return 'pixels' in answer ? answer.pixels : undefined
    },
    counted: (answer: StageAnswer): CountedAnswer =>
      'renderMs' in answer ? { ...answer, renderMs: spentMs, decodes } : { ...answer, decodes },
  }
}
