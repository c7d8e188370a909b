// A worker that does what its plan's width says, in place of rendering: for tests of the pool.
import { setTimeout as wait } from 'node:timers/promises'
import type { Order } from '../../../transforms/render/worker.ts'

export const script = { die: 1, fail: 2, throw: 3 } as const

const body = (width: number) => new Uint8Array(new ArrayBuffer(1)).fill(width % 256)

/** Any other width: waits so many milliseconds, then answers with a picture of that width. */
export default async function work({ plan: { width, height } }: Order): Promise<unknown> {
  if (width === script.die) process.exit(7)
  if (width === script.fail)
    return { failure: { kind: 'source-broken', message: 'It is broken.', cause: 'why' } }
  if (width === script.throw) throw new Error('a mistake of ours')
  await wait(width)
  return { picture: { body: body(width), type: 'image/webp', width, height, pages: 1 }, renderMs: width }
}
