// Purging: what caches hold of pictures is forgotten, and nothing older leaves them when this is answered.
import { createRoute } from '@hono/zod-openapi'
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
        200: json(PurgeReceipt, 'Each part, and since when nothing older leaves it.'),
        ...failureResponses(404, 502, ...jsonStatuses),
      },
    }),
    async (c) => {
      const { all, soft = false, ...order } = c.req.valid('json')
      const purged = await parts.purge({ ...order, everything: all, isSoft: soft })
      return c.json({ soft, parts: purged.map(({ part, at }) => ({ part, purged: timeText(at) })) }, 200)
    },
  )
}
