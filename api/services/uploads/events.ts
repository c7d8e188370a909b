// Tells of what happened to a file: each webhook that asked for it, in the form of its version.
import type { JsonObject, Tables } from '../../../records/index.ts'
import { nativeDelivery } from '../../faces/native/file-webhook.ts'
import { uploadcareDelivery } from '../../faces/uploadcare/file-webhook.ts'
import type { Hooks } from '../hooks/hooks.ts'
import { signBody } from '../hooks/signature.ts'
import type { Delivery, Told } from './file-event.ts'

/** In the transaction of what happened. */
export type Tell = (t: Tables, project: string, told: readonly Told[]) => Promise<void>

export interface Telling {
  readonly hooks: Pick<Hooks, 'promise' | 'mayReach'>
  /** Where files are reached, without a slash at the end. */
  readonly base: string
}

export function createTell({ hooks, base }: Telling): Tell {
  return async (t, project, told) => {
    for (const event of new Set(told.map((one) => one.event))) {
      const asking = (await t.hooks.findFor(project, event)).filter(({ targetUrl }) =>
        hooks.mayReach(targetUrl),
      )
      if (asking.length === 0) continue
      const publicKey = (await t.keys.find(project)).find(({ revoked }) => revoked === null)?.id ?? ''
      for (const one of told.filter((each) => each.event === event))
        for (const hook of asking) await promise(t, { hooks, hook, told: one, base, publicKey })
    }
  }
}

async function promise(t: Tables, { hooks, ...delivery }: Delivery & Pick<Telling, 'hooks'>): Promise<void> {
  const { hook, told } = delivery
  const to = { project: hook.project, event: told.event, url: hook.targetUrl }
  const secret = hook.signingSecret
  if (hook.version !== '0.7') {
    await hooks.promise(t, { ...to, body: nativeDelivery(delivery), ...(secret === null ? {} : { secret }) })
    return
  }
  const body: JsonObject = uploadcareDelivery(delivery)
  // Over the very text that is sent: `promise` writes the same object the same way.
  const headers = secret === null ? {} : { 'x-uc-signature': signBody(JSON.stringify(body), secret) }
  await hooks.promise(t, { ...to, body, headers })
}
