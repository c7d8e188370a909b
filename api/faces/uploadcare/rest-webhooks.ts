// Webhooks of the REST API: who is told of what, in Uploadcare's version of the body.
import { asFailure } from '../../../errors.ts'
import type { HookRecord, Json, JsonObject } from '../../../records/index.ts'
import { changeHook } from '../../services/hooks/change.ts'
import { withoutUser } from '../../services/hooks/index.ts'
import type { ApiParts } from '../parts.ts'
import { isoOf } from './file-json.ts'
import { projectNumber } from './file-webhook.ts'
import { notFound, RestError } from './rest-error.ts'
import {
  objectIn,
  type RestReply,
  type RestRequest,
  type RestResource,
  replyCreated,
  version,
} from './rest-frame.ts'

/** Nothing here looks for viruses, so of 'file.infected' nobody will ever be told. */
const events = ['file.uploaded', 'file.infected', 'file.stored', 'file.deleted', 'file.info_updated']
const mostUrlCharacters = 255
const mostSecretCharacters = 32

type WebhookParts = Pick<ApiParts, 'records' | 'hooks' | 'now'>

export function webhookResources(parts: WebhookParts): readonly Omit<RestResource, 'scope'>[] {
  return [
    {
      path: '/webhooks/',
      answers: {
        GET: async ({ project }) => (await ownHooks(project, parts)).map(shape),
        POST: (asked) => subscribe(asked, parts),
      },
    },
    { path: '/webhooks/unsubscribe/', answers: { DELETE: (asked) => unsubscribe(asked, parts) } },
    {
      path: '/webhooks/:id/',
      answers: {
        GET: async (asked) => shape(await ownHook(asked, parts)),
        PUT: (asked) => change(asked, parts),
        DELETE: async (asked) => {
          await parts.records.hooks.forget((await ownHook(asked, parts)).id)
          return undefined
        },
      },
    },
  ]
}

/** Those subscribed through this API: others have other bodies. */
const ownHooks = async (project: string, { records }: WebhookParts): Promise<readonly HookRecord[]> =>
  (await records.hooks.find(project)).filter((hook) => hook.version === version)

async function subscribe(asked: RestRequest, { records, hooks, now }: WebhookParts): Promise<RestReply> {
  const body = objectIn(asked)
  const wanted = {
    targetUrl: urlIn(body.target_url, hooks),
    event: eventIn(body.event),
    isActive: activeIn(body.is_active ?? true),
    signingSecret: secretIn(body.signing_secret),
  }
  if (body.version !== undefined && body.version !== version)
    throw new RestError(400, `version should be ${version}.`)
  const hook = await records.hooks.add({ ...wanted, project: asked.project, version }, now())
  if (!hook) throw duplicateWebhook()
  return replyCreated(shape(hook))
}

async function ownHook(asked: RestRequest, parts: WebhookParts) {
  const hook = (await ownHooks(asked.project, parts)).find(({ id }) => String(id) === asked.param('id'))
  if (!hook) throw notFound()
  return hook
}

async function change(asked: RestRequest, parts: WebhookParts): Promise<RestReply> {
  const { records, hooks, now } = parts
  const hook = await ownHook(asked, parts)
  const body = objectIn(asked)
  const wanted = {
    ...(body.target_url === undefined ? {} : { targetUrl: urlIn(body.target_url, hooks) }),
    ...(body.event === undefined ? {} : { event: eventIn(body.event) }),
    ...(body.is_active === undefined ? {} : { isActive: activeIn(body.is_active) }),
    ...(body.signing_secret === undefined ? {} : { signingSecret: secretIn(body.signing_secret) }),
  }
  const changed = await changeHook(records, hook.id, wanted, now())
  if (!changed) throw notFound()
  if (changed === 'taken') throw duplicateWebhook()
  return shape(changed)
}

async function unsubscribe(asked: RestRequest, parts: WebhookParts): Promise<RestReply> {
  const { target_url: url } = objectIn(asked)
  if (typeof url !== 'string' || url === '') throw new RestError(400, '`target_url` is missing.')
  const own = (await ownHooks(asked.project, parts)).filter(({ targetUrl }) => targetUrl === url)
  if (own.length === 0) throw notFound()
  for (const { id } of own) await parts.records.hooks.forget(id)
  return undefined
}

function urlIn(value: Json | undefined, hooks: WebhookParts['hooks']): string {
  if (typeof value !== 'string' || value === '') throw new RestError(400, '`target_url` is missing.')
  if (value.length > mostUrlCharacters)
    throw new RestError(400, `target_url should have at most ${mostUrlCharacters} characters.`)
  try {
    hooks.checkKept(value)
  } catch (thrown) {
    throw new RestError(400, asFailure(thrown).message)
  }
  return value
}

function eventIn(value: Json | undefined): string {
  if (typeof value === 'string' && events.includes(value)) return value
  throw new RestError(400, `event should be one of ${events.join(', ')}.`)
}

function activeIn(value: Json): boolean {
  const said = String(value).toLowerCase()
  if (said === 'true') return true
  if (said === 'false') return false
  throw new RestError(400, 'is_active should be true or false.')
}

function secretIn(value: Json | undefined): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string' && value.length <= mostSecretCharacters) return value
  throw new RestError(400, `signing_secret should be a text of at most ${mostSecretCharacters} characters.`)
}

/** By any API. */
const duplicateWebhook = (): RestError =>
  new RestError(400, 'There is a webhook for this event and target_url already.')

const shape = (hook: HookRecord): JsonObject => ({
  id: hook.id,
  project: projectNumber(hook),
  created: isoOf(hook.created),
  updated: isoOf(hook.updated),
  event: hook.event,
  target_url: withoutUser(hook.targetUrl),
  is_active: hook.isActive,
  version: hook.version,
  signing_secret: hook.signingSecret ?? '',
})
