// The project's keys: made, changed and revoked by a key that has the scope for it, and never made to do more than it.
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../../errors.ts'
import { isPlanWithin, type RuleTable } from '../../../../limits/rules.ts'
import type { JsonObject, KeyRecord } from '../../../../records/index.ts'
import { checkPlan } from '../../../services/accounts/index.ts'
import type { ApiParts } from '../../parts.ts'
import { json, jsonRequest, notFound, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { CreatedKey, Key, KeyChange, keyView, NewKey, quotasView } from '../schemas/keys.ts'

const tags = ['Account']
const need = { scope: 'keys' } as const
const params = z.object({ id: z.string().max(100) })

export function addKeys(routing: Routing): void {
  addList(routing)
  addCreate(routing)
  addChange(routing)
  addRevoke(routing)
}

async function ownKey(c: NativeContext, { records }: ApiParts, id: string): Promise<KeyRecord> {
  const key = await records.keys.get(id)
  if (key?.project !== c.get('key').project) throw notFound('key')
  return key
}

/** A key that may do no more than the key that asks. */
async function lesserKey(c: NativeContext, parts: ApiParts, id: string): Promise<KeyRecord> {
  const key = await ownKey(c, parts, id)
  const beyond = beyondOf(c.get('key'), key.scopes)
  if (beyond === undefined) return key
  throw new Failure('not-allowed', `That key has the scope '${beyond}', which yours lacks.`)
}

function addList({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard(need),
      method: 'get',
      path: '/v1/keys',
      operationId: 'findKeys',
      tags,
      summary: 'List keys',
      description: 'Revoked ones too.',
      responses: {
        200: json(z.object({ items: z.array(Key) }).openapi('KeyList'), 'All of them.'),
        ...failureResponses(),
      },
    }),
    async (c) => c.json({ items: (await parts.records.keys.find(c.get('key').project)).map(keyView) }, 200),
  )
}

function addCreate({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ ...need, hasJson: true }),
      method: 'post',
      path: '/v1/keys',
      operationId: 'createKey',
      tags,
      summary: 'Make a key',
      request: { body: jsonRequest(NewKey) },
      responses: { 201: json(CreatedKey, 'With its secret.'), ...failureResponses(...jsonStatuses) },
    }),
    async (c) => {
      const giver = c.get('key')
      const { user = giver.user, quotas = quotasView(giver.quotas), ...wanted } = c.req.valid('json')
      const { plan = giver.plan } = wanted
      mayGive(giver, { ...wanted, quotas })
      mayGivePlan(giver, plan, parts.rateLimits.table)
      const created = await parts.accounts.create({
        ...{ project: giver.project, user, scopes: wanted.scopes, quotas: quotasIn(quotas), plan },
        ...(wanted.name === undefined ? {} : { name: wanted.name }),
      })
      return c.json({ ...keyView(created.key), secret: created.secret }, 201)
    },
  )
}

function addChange({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ ...need, hasJson: true }),
      method: 'patch',
      path: '/v1/keys/{id}',
      operationId: 'changeKey',
      tags,
      summary: 'Change a key',
      request: { params, body: jsonRequest(KeyChange) },
      responses: { 200: json(Key, 'As it is now.'), ...failureResponses(404, ...jsonStatuses) },
    }),
    async (c) => {
      const { name, scopes, quotas, plan } = c.req.valid('json')
      const { id } = await lesserKey(c, parts, c.req.valid('param').id)
      mayGive(c.get('key'), { scopes, quotas })
      if (plan !== undefined) mayGivePlan(c.get('key'), plan, parts.rateLimits.table)
      await parts.records.keys.change(id, {
        ...(name === undefined ? {} : { name }),
        ...(scopes === undefined ? {} : { scopes }),
        ...(plan === undefined ? {} : { plan }),
        ...(quotas === undefined ? {} : { quotas: quotasIn(quotas) as JsonObject }),
      })
      return c.json(keyView(await ownKey(c, parts, id)), 200)
    },
  )
}

function addRevoke({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard(need),
      method: 'delete',
      path: '/v1/keys/{id}',
      operationId: 'revokeKey',
      tags,
      summary: 'Revoke a key',
      description: 'It opens nothing any more; its record stays. A key cannot revoke itself.',
      request: { params },
      responses: { 200: json(Key, 'It is revoked.'), ...failureResponses(404, 409) },
    }),
    async (c) => {
      const { id } = await lesserKey(c, parts, c.req.valid('param').id)
      if (id === c.get('key').id) throw new Failure('conflict', 'A key cannot revoke itself.')
      await parts.records.keys.revoke(id, parts.now())
      return c.json(keyView(await ownKey(c, parts, id)), 200)
    },
  )
}

interface KeyGrant {
  readonly scopes?: readonly string[] | undefined
  readonly quotas?: { readonly calls?: number | undefined; readonly bytes?: number | undefined } | undefined
}

/** Else a key that may only make keys could make itself one that may do everything, or do it without end. */
function mayGive(giver: KeyRecord, { scopes = [], quotas }: KeyGrant): void {
  const beyond = beyondOf(giver, scopes)
  if (beyond !== undefined)
    throw new Failure('not-allowed', `Your key cannot give the scope '${beyond}', which it lacks itself.`)
  const own = quotasView(giver.quotas)
  for (const name of ['calls', 'bytes'] as const) {
    const most = own[name] ?? Number.POSITIVE_INFINITY
    if (quotas && (quotas[name] ?? Number.POSITIVE_INFINITY) > most)
      throw new Failure(
        'not-allowed',
        `Your key cannot give more than the ${most} ${name} that it has itself.`,
      )
  }
}

/** A key's plan may let through no more than that of the key that gives it. */
function mayGivePlan(giver: KeyRecord, plan: string, table: RuleTable): void {
  checkPlan(table, plan)
  if (plan === giver.plan || isPlanWithin(table, plan, giver.plan)) return
  throw new Failure(
    'not-allowed',
    `Your key cannot give the plan '${plan}', which lets through more than its own.`,
  )
}

const beyondOf = (giver: KeyRecord, scopes: readonly string[]): string | undefined =>
  giver.scopes.includes('*') ? undefined : scopes.find((scope) => !giver.scopes.includes(scope))

const quotasIn = ({ calls, bytes }: { calls?: number | undefined; bytes?: number | undefined }) => ({
  ...(calls === undefined ? {} : { calls }),
  ...(bytes === undefined ? {} : { bytes }),
})
