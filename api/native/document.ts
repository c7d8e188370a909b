// The description of the native API (OpenAPI 3.1), from the routes that answer it.
import { z } from '@hono/zod-openapi'
import type { ApiParts } from '../parts.ts'
import type { NativeApp } from './app.ts'
import { securitySchemes } from './guard.ts'
import { OptimizeWebhook } from './schemas/promises.ts'

const tags = [
  { name: 'Optimise', description: 'Make a picture smaller; say what one is.' },
  { name: 'Results', description: 'What was optimised: records, and the pictures until they expire.' },
  { name: 'Files', description: 'Files that are kept.' },
  { name: 'Files in parts', description: 'Large files, resumable.' },
  { name: 'Groups', description: 'Files that belong together.' },
  { name: 'Webhooks', description: 'Who is told of what, and whether it arrived.' },
  { name: 'Account', description: 'Keys and usage.' },
]

const description =
  'Optimise pictures, upload and keep files, be told of what happens. Refusals are problem documents (RFC 9457); lists come in pages, each with the cursor of the next.'

export function documentOf(app: NativeApp, { publicUrl, version }: ApiParts) {
  const registry = app.openAPIRegistry
  for (const [name, scheme] of Object.entries(securitySchemes))
    registry.registerComponent('securitySchemes', name, scheme)
  registry.registerWebhook({
    method: 'post',
    path: 'optimise',
    summary: 'A promise is done or has failed; sent to `callback_url`.',
    request: {
      headers: z.object({
        'halftone-signature': z.string().optional().openapi({
          description: 't=<seconds>,v1=<hex>: HMAC-SHA256 over "<seconds>.<body>" with callback_secret.',
        }),
        'halftone-delivery': z
          .string()
          .openapi({ description: 'The same for each attempt of one delivery.' }),
      }),
      body: { content: { 'application/json': { schema: OptimizeWebhook } } },
    },
    responses: { 200: { description: 'Any 2xx: it arrived. All else is tried again.' } },
  })
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Halftone',
      version,
      description,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: publicUrl ?? '/' }],
    tags,
  })
}
