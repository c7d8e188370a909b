// The lasting tier of this process's origin: a bucket below its disk caches, where the configuration names one.
import type { Store } from '../cache/store.ts'
import { createLastingStore } from '../origin/lasting/lasting-store.ts'
import { createPeriods } from '../origin/lasting/periods.ts'
import { type Bucket, openBucket, removeBefore } from '../storage/index.ts'
import type { Assembly } from './context.ts'

const opened = new WeakMap<Assembly, Promise<Bucket>>()

/** `near` alone where no bucket is configured. `room` is the part of the bucket: results or sources. */
export function lastingBelow(assembly: Assembly, room: 'results' | 'sources', near: Store): Store {
  const { config, metrics, closing, now = Date.now } = assembly
  if (!config.lasting || (room === 'sources' && !config.lastingSources)) return near
  // Closed after the store above it: last made, first closed.
  closing.push(async () => (await opened.get(assembly))?.close())
  const name = `lasting/${room}`
  const store = createLastingStore({
    near,
    room: name,
    open: () => open(assembly),
    keepMs: config.lastingKeepMs,
    deadlineMs: config.lastingDeadlineMs,
    now,
    observe: (event, cause) => {
      metrics.outcome(`lasting_${room}`, event)
      if (event.endsWith('failed')) assembly.log.debug({ err: cause, room }, 'the lasting bucket failed')
    },
  })
  closing.push(() => store.close())
  removeOld(assembly, name)
  return store
}

function open(assembly: Assembly): Promise<Bucket> {
  const known = opened.get(assembly)
  if (known) return known
  const { lasting } = assembly.config
  if (!lasting) throw new Error('no lasting bucket is configured')
  const opening = openBucket(lasting)
  opened.set(assembly, opening)
  opening.catch(() => opened.delete(assembly))
  return opening
}

const hourMs = 3_600_000
const sweepMs = 10_000

/** About once an hour; all origins do it, and what one has removed the next does not find. */
function removeOld(assembly: Assembly, room: string): void {
  const { config, log, closing, now = Date.now } = assembly
  const periods = createPeriods(room, config.lastingKeepMs)
  const ending = new AbortController()
  let timer: NodeJS.Timeout
  const sweep = async (): Promise<void> => {
    try {
      const { signal } = ending
      await removeBefore(await open(assembly), { ...periods.endOf(now()), maxMs: sweepMs, signal })
    } catch (err) {
      log.warn({ err }, 'old entries of the lasting bucket could not be removed')
    }
    plan()
  }
  const plan = (): void => {
    if (ending.signal.aborted) return
    timer = setTimeout(sweep, hourMs * (0.5 + Math.random())).unref()
  }
  plan()
  closing.push(async () => {
    ending.abort()
    clearTimeout(timer)
  })
}
