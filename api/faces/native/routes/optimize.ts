// Optimising: a picture comes as the body, in a form or by its address; the report, the picture itself or a stream of
// events goes back, or a promise.
import { createRoute, z } from '@hono/zod-openapi'
import { binary, json, notFound, type Routing } from '../app.ts'
import { readOptimizeRequest } from '../optimize-request.ts'
import { respondToOptimize } from '../optimize-response.ts'
import { bodyStatuses, failureResponses, sourceStatuses } from '../problems.ts'
import { resultHeaders } from '../result-headers.ts'
import { OptimizeOptions, OptimizeQuery, OptimizeUrl } from '../schemas/optimize-options.ts'
import { OptimizeEvent, Promised, PromiseState, promiseView } from '../schemas/promises.ts'
import { OptimizeResult, OptimizeResults } from '../schemas/reports.ts'

const tags = ['Optimise']
const OptimizeUrlExample = { url: 'https://shop.example/cat.jpg', format: 'auto' }
const component = (name: string) => ({ $ref: `#/components/schemas/${name}` })

export function addOptimize(routing: Routing): void {
  const { openAPIRegistry } = routing.app
  openAPIRegistry.register('OptimizeOptions', OptimizeOptions)
  openAPIRegistry.register('OptimizeUrl', OptimizeUrl)
  openAPIRegistry.register('OptimizeEvent', OptimizeEvent)
  addCall(routing)
  addStatus(routing)
}

const description =
  'Send the picture as the body with the options in the query, or as `file` of a form, or its address as JSON. Options that must not stand in an address (`target`, `callback_secret`) go into the form, the JSON, or the header `Halftone-Options` as JSON. `Accept: image/*` answers with the picture itself, `Accept: application/x-ndjson` with events as they happen: identified, received, optimising, then done or failed.'

/** References, and no schemas of code: a body that may be 32 MiB is read by the intake, not by a validator. */
const requestBody = {
  required: true,
  content: {
    'image/*': { schema: binary },
    'application/octet-stream': { schema: binary },
    'multipart/form-data': {
      schema: {
        type: 'object' as const,
        properties: {
          file: binary,
          url: { type: 'string' as const, format: 'uri', description: 'Instead of a file.' },
          options: {
            ...component('OptimizeOptions'),
            description: 'All options as one JSON text; or each as a field.',
          },
        },
      },
      encoding: { options: { contentType: 'application/json' } },
    },
    'application/json': { schema: component('OptimizeUrl'), example: OptimizeUrlExample },
  },
}

function addCall({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'optimise', isCounted: true, hasFile: true }),
      method: 'post',
      path: '/v1/optimize',
      operationId: 'optimize',
      tags,
      summary: 'Optimise a picture',
      description,
      request: {
        query: OptimizeQuery,
        headers: z.object({
          'halftone-options': z
            .string()
            .optional()
            .openapi({ description: 'Options as JSON (OptimizeOptions), over those of the query.' }),
        }),
        body: requestBody,
      },
      responses: {
        200: {
          description: 'The result; with `variants` one each.',
          headers: resultHeaders,
          content: {
            'application/json': { schema: z.union([OptimizeResult, OptimizeResults]) },
            'application/x-ndjson': { schema: component('OptimizeEvent') },
            'image/*': { schema: binary },
          },
        },
        202: json(Promised, 'Promised: the source is kept, and the webhook will be sent.'),
        ...failureResponses(...bodyStatuses, ...sourceStatuses),
      },
    }),
    async (c) => respondToOptimize(c, parts, await readOptimizeRequest(c, parts, c.req.valid('query'))),
  )
}

function addStatus({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'optimise' }),
      method: 'get',
      path: '/v1/optimize/{id}',
      operationId: 'getPromise',
      tags,
      summary: 'How far a promise is',
      request: { params: z.object({ id: z.string().max(100) }) },
      responses: {
        200: json(PromiseState, 'Its state; with results when it is done.'),
        ...failureResponses(404),
      },
    }),
    async (c) => {
      const status = await parts.optimising.status(c.get('key').project, c.req.valid('param').id)
      if (!status) throw notFound('promise')
      return c.json(promiseView(status), 200)
    },
  )
}
