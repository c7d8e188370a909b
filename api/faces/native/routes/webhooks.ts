// Webhooks: who wants to be told of what happens to the project's files.
import { randomBytes } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../../errors.ts'
import type { HookRecord } from '../../../../records/index.ts'
import { changeHook } from '../../../services/hooks/change.ts'
import { withoutUser } from '../../../services/hooks/index.ts'
import type { ApiParts } from '../../parts.ts'
import { json, jsonRequest, notFound, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { httpUrl, integer, time, timeText } from '../schemas/scalars.ts'

const tags = ['Webhooks']
const need = { scope: 'webhooks' } as const
const events = ['file.uploaded', 'file.stored', 'file.deleted', 'file.info_updated'] as const
/** The bodies of this API; what Uploadcare's clients subscribed has another version, and other bodies. */
const version = '1'

const Event = z.enum(events)
// What PostgreSQL numbers them with ends there.
const id = integer(1, 2 ** 31 - 1).openapi({ example: 1 })
const params = z.object({ id })

const Webhook = z
  .object({
    id: z.int(),
    event: z.string().openapi({ example: 'file.uploaded' }),
    url: z.string(),
    active: z.boolean(),
    signed: z.boolean(),
    version: z.string().openapi({ description: "Of the body: '1' is this API's." }),
    created: time(),
    updated: time(),
  })
  .openapi('Webhook')

const secret = z.string().min(8).max(255)

const NewWebhook = z
  .strictObject({
    event: Event,
    url: httpUrl().openapi({ example: 'https://shop.example/halftone' }),
    active: z.boolean().optional(),
    secret: secret.optional().openapi({ description: 'Signs each delivery; drawn when not given.' }),
  })
  .openapi('NewWebhook', { example: { event: 'file.uploaded', url: 'https://shop.example/halftone' } })

const CreatedWebhook = z
  .object({ ...Webhook.shape, secret: z.string().openapi({ description: 'Shown this once.' }) })
  .openapi('CreatedWebhook')

const WebhookChange = z
  .strictObject({
    event: Event.optional(),
    url: httpUrl().optional(),
    active: z.boolean().optional(),
    secret: secret.optional(),
  })
  .openapi('WebhookChange', { example: { active: false } })

const hookView = (hook: HookRecord): z.output<typeof Webhook> => ({
  ...{ id: hook.id, event: hook.event, url: withoutUser(hook.targetUrl), active: hook.isActive },
  signed: hook.signingSecret !== null,
  version: hook.version,
  created: timeText(hook.created),
  updated: timeText(hook.updated),
})

export function addWebhooks(routing: Routing): void {
  addCreate(routing)
  addList(routing)
  addOne(routing)
  addChange(routing)
  addDelete(routing)
}

async function ownHook(c: NativeContext, { records }: ApiParts, wanted: number): Promise<HookRecord> {
  const hook = await records.hooks.get(wanted)
  if (hook?.project !== c.get('key').project) throw notFound('webhook')
  return hook
}

function addCreate({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ ...need, hasJson: true }),
      method: 'post',
      path: '/v1/webhooks',
      operationId: 'createWebhook',
      tags,
      summary: 'Be told of an event',
      request: { body: jsonRequest(NewWebhook) },
      responses: { 201: json(CreatedWebhook, 'With its secret.'), ...failureResponses(409, ...jsonStatuses) },
    }),
    async (c) => {
      const {
        event,
        url,
        active: isActive = true,
        secret = randomBytes(24).toString('base64url'),
      } = c.req.valid('json')
      parts.hooks.checkKept(url)
      const { project } = c.get('key')
      const hook = await parts.records.hooks.add(
        { project, event, targetUrl: url, isActive, signingSecret: secret, version },
        parts.now(),
      )
      if (!hook) throw duplicateWebhook()
      return c.json({ ...hookView(hook), secret }, 201)
    },
  )
}

function addList({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard(need),
      method: 'get',
      path: '/v1/webhooks',
      operationId: 'findWebhooks',
      tags,
      summary: 'List webhooks',
      responses: {
        200: json(z.object({ items: z.array(Webhook) }).openapi('WebhookList'), 'All of them.'),
        ...failureResponses(),
      },
    }),
    async (c) => c.json({ items: (await parts.records.hooks.find(c.get('key').project)).map(hookView) }, 200),
  )
}

function addOne({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard(need),
      method: 'get',
      path: '/v1/webhooks/{id}',
      operationId: 'getWebhook',
      tags,
      summary: 'One webhook',
      request: { params },
      responses: { 200: json(Webhook, 'The webhook.'), ...failureResponses(404) },
    }),
    async (c) => c.json(hookView(await ownHook(c, parts, c.req.valid('param').id)), 200),
  )
}

function addChange({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ ...need, hasJson: true }),
      method: 'patch',
      path: '/v1/webhooks/{id}',
      operationId: 'changeWebhook',
      tags,
      summary: 'Change a webhook',
      request: { params, body: jsonRequest(WebhookChange) },
      responses: { 200: json(Webhook, 'As it is now.'), ...failureResponses(404, 409, ...jsonStatuses) },
    }),
    async (c) => {
      const { event, url, active, secret: signingSecret } = c.req.valid('json')
      const { id: wanted } = await ownHook(c, parts, c.req.valid('param').id)
      if (url !== undefined) parts.hooks.checkKept(url)
      const change = {
        ...(event === undefined ? {} : { event }),
        ...(url === undefined ? {} : { targetUrl: url }),
        ...(active === undefined ? {} : { isActive: active }),
        ...(signingSecret === undefined ? {} : { signingSecret }),
      }
      const hook = await changeHook(parts.records, wanted, change, parts.now())
      if (!hook) throw notFound('webhook')
      if (hook === 'taken') throw duplicateWebhook()
      return c.json(hookView(hook), 200)
    },
  )
}

function addDelete({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard(need),
      method: 'delete',
      path: '/v1/webhooks/{id}',
      operationId: 'deleteWebhook',
      tags,
      summary: 'Be told no more',
      request: { params },
      responses: { 204: { description: 'It is gone.' }, ...failureResponses(404) },
    }),
    async (c) => {
      const hook = await ownHook(c, parts, c.req.valid('param').id)
      await parts.records.hooks.forget(hook.id)
      return c.body(null, 204)
    },
  )
}

const duplicateWebhook = (): Failure =>
  new Failure('conflict', 'There is a webhook for this event and address already.', { option: 'url' })
