// Webhooks over the records' deliverer: promised as jobs, sent through the guard, each attempt in the log.
import type { Dispatcher } from 'undici'
import { Failure } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import { laneOf, type Records, type Seal } from '../../../records/index.ts'
import { checkKeptTarget, createTargetRules, parseTarget, parseWebTarget } from './address.ts'
import { createDeliverer, type WebhookPayload, type WebhookSecrets, webhooks } from './deliverer.ts'
import type { Hooks, OutgoingWebhook } from './hooks.ts'
import { createSend } from './send.ts'

export { withoutUser } from './address.ts'
export type { Hooks, OutgoingWebhook } from './hooks.ts'

export interface HooksOptions {
  readonly records: Records
  /** What only the receiver may know lies sealed in the database. */
  readonly seal: Seal
  /** The guarded way out. */
  readonly dispatcher: Dispatcher
  /** Addresses or CIDRs that may be reached although they are not public: as the guard's own. */
  readonly allowAddresses?: readonly string[]
  readonly log: Pick<Log, 'error'>
  readonly now?: () => number
  /** From 0 to 1. */
  readonly random?: () => number
  /** How long a receiver may take for one attempt, redirects included. */
  readonly deadlineMs?: number
  /** How often to look for what another process promised. */
  readonly lookEveryMs?: number
}

export function createHooks(options: HooksOptions): Hooks {
  const { records, seal, dispatcher, allowAddresses = [], log, now = Date.now, ...delivering } = options
  const targets = createTargetRules(allowAddresses)
  const deliverer = createDeliverer({
    ...delivering,
    ...{ records, seal, now },
    send: createSend({ dispatcher, targets, now }),
    onError: (error) => log.error({ error: String(error) }, 'a webhook attempt could not be recorded'),
  })
  // What was promised before this process began is due now.
  deliverer.poke()

  return {
    promise: async (t, webhook) => {
      const { project, id = records.nextId(now()), delayMs } = webhook
      const payload = workOf(id, webhook)
      const lane = laneOf(project, payload.url)
      return t.jobs.promise({ id, queue: webhooks, project, payload, lane, ...definedOf({ delayMs }) }, now())
    },
    check: (url) => {
      parseWebTarget(url, targets)
    },
    checkKept: (url) => checkKeptTarget(url, targets),
    mayReach: (url) => {
      try {
        return parseTarget(url, targets) !== undefined
      } catch (thrown) {
        if (thrown instanceof Failure) return false
        throw thrown
      }
    },
    poke: deliverer.poke,
    stop: deliverer.stop,
  }

  /** A user and password in the address go out as a header, into no log, and lie sealed as the secret does. */
  function workOf(id: string, { url, event, body, secret, headers = {} }: OutgoingWebhook): WebhookPayload {
    const { href, authorization } = parseTarget(url, targets)
    const secrets: WebhookSecrets = definedOf({
      secret,
      headers: authorization === undefined ? undefined : { authorization },
    })
    const hasSecrets = Object.keys(secrets).length > 0
    const sealed = hasSecrets ? seal.close(id, JSON.stringify(secrets)) : undefined
    return { url: href, event, body: JSON.stringify(body), headers, ...definedOf({ sealed }) }
  }
}

/** Without what is undefined. */
const definedOf = <T extends Record<string, unknown>>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
