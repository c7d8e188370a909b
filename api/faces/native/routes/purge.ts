// Purging: what caches hold of pictures is forgotten, and nothing older leaves them when this is answered.
import { createRoute } from '@hono/zod-openapi'
import type { Acknowledgement } from '../../../../purging/index.ts'
import { json, jsonRequest, type Routing } from '../app.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { PurgeOrder, PurgeReceipt } from '../schemas/purge.ts'
import { timeText } from '../schemas/scalars.ts'

export function addPurge({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'purge', hasJson: true }),
      method: 'post',
      path: '/v1/purge',
      operationId: 'purge',
      tags: ['Purging'],
      summary: 'Forget pictures',
      description:
        'In every cache of this server and of those its settings name. Sources belong to the instance: a key with this scope purges those of everybody.',
      request: { body: jsonRequest(PurgeOrder) },
      responses: {
        200: json(PurgeReceipt, 'Each cache of each member, and since when nothing older leaves it.'),
        202: json(
          PurgeReceipt,
          'The same, where a member did not answer: it reads of the purge before it serves again.',
        ),
        ...failureResponses(404, 502, ...jsonStatuses),
      },
    }),
    async (c) => {
      const { all, soft = false, ...order } = c.req.valid('json')
      const { parts: told } = await parts.purge({ ...order, everything: all, isSoft: soft })
      const complete = told.every(({ at }) => at !== undefined)
      return c.json({ soft, complete, parts: told.map(partOf) }, complete ? 200 : 202)
    },
  )
}

const partOf = ({ part, member, at, failed }: Acknowledgement) => ({
  part,
  ...(member === undefined ? {} : { member }),
  ...(at === undefined ? { failed: failed ?? 'It did not answer.' } : { purged: timeText(at) }),
})
