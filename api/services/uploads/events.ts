// Tells every webhook that asked for it what happened to a file.
import type { Tables } from '../../../records/index.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { FileEvent, FileEventTranslator, PublicBases } from './file-event.ts'

/** Promises the webhooks, in the transaction `t` of the events. All events are of one project. */
export type AnnounceFileEvents = (t: Tables, project: string, events: readonly FileEvent[]) => Promise<void>

export interface FileEventOptions {
  readonly hooks: Pick<Hooks, 'promise' | 'mayReach'>
  readonly translate: FileEventTranslator
  readonly bases: PublicBases
}

export function createFileEvents({ hooks, translate, bases }: FileEventOptions): AnnounceFileEvents {
  return async (t, project, events) => {
    for (const name of new Set(events.map(({ event }) => event))) {
      const subscribed = await t.hooks.findFor(project, name)
      const reachable = subscribed.filter(({ targetUrl }) => hooks.mayReach(targetUrl))
      if (reachable.length === 0) continue
      const publicKey = (await t.keys.find(project)).find(({ revoked }) => revoked === null)?.id ?? ''
      for (const fileEvent of events.filter(({ event }) => event === name))
        for (const hook of reachable)
          await hooks.promise(t, {
            ...{ project: hook.project, event: name, url: hook.targetUrl },
            ...translate({ hook, fileEvent, bases, publicKey }),
          })
    }
  }
}
