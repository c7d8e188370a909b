// API keys, as they are asked for and answered.
import { z } from '@hono/zod-openapi'
import type { KeyRecord } from '../../../../records/index.ts'
import { scopes } from '../../../services/accounts/accounts.ts'
import { inJson, maybeTime, time, timeText } from './scalars.ts'

export const Quotas = z
  .object({
    calls: inJson.integer(0).optional().openapi({ example: 10_000 }),
    bytes: inJson.integer(0).optional().openapi({ description: 'Sent by you.', example: 10_000_000_000 }),
  })
  .openapi('Quotas', { description: 'Per calendar month (UTC); what is absent has no limit.' })

const Scopes = z
  .array(z.enum([...scopes, '*']))
  .min(1)
  .openapi({ example: ['optimise'] })

const PlanName = z.string().max(40)

export const Key = z
  .object({
    id: z.string(),
    project: z.string(),
    user: z.string(),
    name: z.string(),
    scopes: z.array(z.string()).openapi({ description: "'*' is all of them." }),
    quotas: Quotas,
    plan: z.string().openapi({ description: 'Of its rate limits; empty where it has none.' }),
    created: time(),
    revoked: time().nullable(),
  })
  .openapi('Key')

export const NewKey = z
  .strictObject({
    name: z.string().max(100).optional(),
    user: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: 'Whose it is; by default as your own.' }),
    scopes: Scopes,
    quotas: z.strictObject(Quotas.shape).optional().openapi({ description: 'By default as your own.' }),
    plan: PlanName.optional().openapi({ description: 'Of its rate limits; by default as your own.' }),
  })
  .openapi('NewKey', { example: { name: 'shop', scopes: ['optimise'] } })

export const CreatedKey = z
  .object({ ...Key.shape, secret: z.string().openapi({ description: 'Shown this once.' }) })
  .openapi('CreatedKey')

export const KeyChange = z
  .strictObject({
    name: z.string().max(100).optional(),
    scopes: Scopes.optional(),
    quotas: z.strictObject(Quotas.shape).optional(),
    plan: PlanName.optional().openapi({ description: 'Holds from the next call on; empty for none.' }),
  })
  .openapi('KeyChange', { example: { name: 'shop, new' } })

export const keyView = ({
  id,
  project,
  user,
  name,
  scopes,
  quotas,
  plan,
  created,
  revoked,
}: KeyRecord): z.output<typeof Key> => ({
  ...{ id, project, user, name, scopes: [...scopes], quotas: quotasView(quotas), plan },
  created: timeText(created),
  revoked: maybeTime(revoked),
})

export function quotasView({ calls, bytes }: { readonly [name: string]: unknown }): z.output<typeof Quotas> {
  return {
    ...(typeof calls === 'number' ? { calls } : {}),
    ...(typeof bytes === 'number' ? { bytes } : {}),
  }
}
