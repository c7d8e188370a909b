// The account: who asks, and what the project has used.
import { createRoute, z } from '@hono/zod-openapi'
import type { UsageOfDay } from '../../../../records/index.ts'
import { json, type Routing } from '../app.ts'
import { failureResponses } from '../problems.ts'
import { Key, keyView, Quotas, quotasView } from '../schemas/keys.ts'
import { moment } from '../schemas/scalars.ts'

const dayMs = 86_400_000

const Counts = {
  calls: z.int(),
  failures: z.int(),
  bytes_in: z.int(),
  bytes_out: z.int(),
  bytes_saved: z.int(),
}

const UsageDay = z
  .object({ key: z.string(), day: z.string().openapi({ format: 'date', example: '2026-11-21' }), ...Counts })
  .openapi('UsageDay')

const Account = z
  .object({ key: Key, used: z.object(Counts), quotas: Quotas, version: z.string() })
  .openapi('Account')

const countsView = ({
  calls,
  failures,
  bytesIn,
  bytesOut,
  bytesSaved,
}: Omit<UsageOfDay, 'keyId' | 'day'>) => ({
  ...{ calls, failures, bytes_in: bytesIn, bytes_out: bytesOut, bytes_saved: bytesSaved },
})

export function addAccount(routing: Routing): void {
  addOwnAccount(routing)
  addUsage(routing)
}

function addOwnAccount({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard(),
      method: 'get',
      path: '/v1/account',
      operationId: 'getAccount',
      tags: ['Account'],
      summary: 'Who am I',
      description: 'The key that asks, what it has used in this month, and what it may.',
      responses: { 200: json(Account, 'The account.'), ...failureResponses() },
    }),
    async (c) => {
      const key = c.get('key')
      const { used, quotas } = await parts.accounts.standing(key)
      const counted = { used: countsView(used), quotas: quotasView({ ...quotas }) }
      return c.json({ key: keyView(key), ...counted, version: parts.version }, 200)
    },
  )
}

function addUsage({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'usage' }),
      method: 'get',
      path: '/v1/usage',
      operationId: 'getUsage',
      tags: ['Account'],
      summary: 'What was used, by key and day',
      request: {
        query: z.strictObject({
          from: moment().optional().openapi({ description: 'By default 30 days ago.' }),
          to: moment().optional().openapi({ description: 'Its day is included. By default now.' }),
        }),
      },
      responses: {
        200: json(
          z.object({ items: z.array(UsageDay), total: z.object(Counts) }).openapi('UsageReport'),
          'Days without use are absent.',
        ),
        ...failureResponses(),
      },
    }),
    async (c) => {
      const { to = parts.now(), from = to - 30 * dayMs } = c.req.valid('query')
      const keys = await parts.records.keys.find(c.get('key').project)
      const asked = { keyIds: keys.map(({ id }) => id), from, to }
      const [days, total] = await Promise.all([
        parts.records.usage.find(asked),
        parts.records.usage.total(asked),
      ])
      const items = days.map(({ keyId, day, ...counts }) => ({ key: keyId, day, ...countsView(counts) }))
      return c.json({ items, total: countsView(total) }, 200)
    },
  )
}
