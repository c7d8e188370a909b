// The description of the native API (OpenAPI 3.1), from the routes that answer it.
import { z } from '@hono/zod-openapi'
import type { ApiParts } from '../parts.ts'
import type { NativeApp } from './app.ts'
import { securitySchemes } from './authenticate.ts'
import { portable } from './openapi-portable.ts'
import { FileWebhook } from './schemas/files.ts'
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

const signed = z.object({
  'halftone-signature': z.string().optional().openapi({
    description:
      't=<seconds>,v1=<hex>: HMAC-SHA256 with the secret over "<seconds>.<body>", anew for each attempt.',
  }),
  'halftone-delivery': z.string().openapi({ description: 'The same for each attempt of one delivery.' }),
})

export function documentOf(app: NativeApp, { publicUrl, version }: ApiParts) {
  const registry = app.openAPIRegistry
  for (const [name, scheme] of Object.entries(securitySchemes))
    registry.registerComponent('securitySchemes', name, scheme)
  webhook('optimise', 'A promise is done or has failed; sent to its `callback_url`.', OptimizeWebhook)
  webhook('file', 'Something happened to a file; sent to those who asked with /v1/webhooks.', FileWebhook)

  function webhook(path: string, summary: string, schema: z.ZodType): void {
    const body = { content: { 'application/json': { schema } } }
    const responses = { 200: { description: 'Any 2xx: it arrived. All else is tried again.' } }
    registry.registerWebhook({ method: 'post', path, summary, request: { headers: signed, body }, responses })
  }

  const document = app.getOpenAPI31Document({
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
  return portable(document)
}
