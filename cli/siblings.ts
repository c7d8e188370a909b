// What the edge processes on one port know of each other: purges reach all of them, and metrics are those of all. The
// first process starts the others and carries what they say.
import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type Registry } from 'prom-client'
import type { Siblings } from '../assembly/context.ts'
import type { Delivery } from '../purging/index.ts'

type Message =
  /** From a process: what the others are to do, or what is wanted of all. */
  | { readonly halftone: 'purge'; readonly id: number; readonly delivery: Delivery }
  | { readonly halftone: 'metrics'; readonly id: number }
  /** To a process, and its answer. */
  | { readonly halftone: 'apply'; readonly id: number; readonly delivery: Delivery }
  | { readonly halftone: 'applied'; readonly id: number }
  /** The answer to what a process wanted. */
  | { readonly halftone: 'done'; readonly id: number; readonly text?: string; readonly failed?: string }

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null && 'halftone' in message

/** Within the time in which a purge is to be acknowledged. */
const applyMs = 4000

/** Undefined where this process has no siblings. */
export function joinSiblings(registry: Registry): Siblings | undefined {
  if (!cluster.isWorker) return undefined
  const waiting = new Map<number, PromiseWithResolvers<string>>()
  let apply: (delivery: Delivery) => Promise<unknown> = async () => {}
  let last = 0
  AggregatorRegistry.setRegistries(registry)
  new AggregatorRegistry()
  process.on('message', (message) => {
    if (!isMessage(message)) return
    const { id } = message
    if (message.halftone === 'apply')
      void apply(message.delivery).then(() => process.send?.({ halftone: 'applied', id }))
    if (message.halftone !== 'done') return
    if (message.failed === undefined) waiting.get(id)?.resolve(message.text ?? '')
    else waiting.get(id)?.reject(new Error(message.failed))
    waiting.delete(id)
  })

  function want(
    message: { halftone: 'metrics' } | { halftone: 'purge'; delivery: Delivery },
  ): Promise<string> {
    const id = ++last
    const answer = Promise.withResolvers<string>()
    waiting.set(id, answer)
    process.send?.({ ...message, id })
    return answer.promise
  }

  return {
    purge: async (delivery) => void (await want({ halftone: 'purge', delivery })),
    onPurge(applied) {
      apply = applied
    },
    metrics: () => want({ halftone: 'metrics' }),
  }
}

/** In the first process: carries what the others say, from now on. `serving` are those that may hold pictures. */
export function carryMessages(serving: () => readonly Worker[]): void {
  const all = new AggregatorRegistry()
  const applying = new Map<number, { readonly worker: Worker; readonly done: () => void }>()
  let last = 0
  cluster.on('exit', (worker) => {
    for (const each of applying.values()) if (each.worker === worker) each.done()
  })
  cluster.on('message', (sender, message) => {
    if (!isMessage(message)) return
    if (message.halftone === 'applied') return applying.get(message.id)?.done()
    if (message.halftone === 'purge')
      answer(
        sender,
        message.id,
        applyAt(message.delivery, sender).then(() => undefined),
      )
    if (message.halftone === 'metrics') answer(sender, message.id, all.clusterMetrics())
  })

  /** One that is only starting holds nothing, and is told all the same: it may begin in this moment. */
  async function applyAt(delivery: Delivery, sender: Worker): Promise<void> {
    const isServing = new Set(serving())
    const others = Object.values(cluster.workers ?? {}).filter((worker) => worker && worker !== sender)
    await Promise.all(
      others.map((worker) => {
        const applied = worker && applyOne(worker, delivery)
        return worker && isServing.has(worker) ? applied : undefined
      }),
    )
  }

  function applyOne(worker: Worker, delivery: Delivery): Promise<void> {
    const id = ++last
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        applying.delete(id)
        reject(new Error('a process did not purge in time'))
      }, applyMs)
      const done = (): void => {
        clearTimeout(late)
        applying.delete(id)
        resolve()
      }
      applying.set(id, { worker, done })
      worker.send({ halftone: 'apply', id, delivery })
    })
  }
}

function answer(worker: Worker, id: number, doing: Promise<string | undefined>): void {
  const reply = (outcome: { text?: string; failed?: string }): void => {
    if (worker.isConnected()) worker.send({ halftone: 'done', id, ...outcome })
  }
  doing.then(
    (text) => reply(text === undefined ? {} : { text }),
    (thrown: unknown) => reply({ failed: String(thrown) }),
  )
}
