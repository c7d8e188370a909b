// The bytes of a result: for whoever knows its address, which nobody can guess, until the hour in it has come.
import { createRoute, z } from '@hono/zod-openapi'
import { asFailure } from '../../../../errors.ts'
import type { ApiParts } from '../../parts.ts'
import { binary, type Routing } from '../app.ts'
import { bytesOf, gone } from '../file-response.ts'
import { Problem } from '../problems.ts'

const hourMs = 3_600_000

export function addResultBytes({ app, parts }: Routing): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/results/{key}',
      operationId: 'getStored',
      tags: ['Results'],
      summary: 'The result itself',
      description:
        'The address is `url` of a result; {key} has slashes in it. Ranges and If-None-Match are heeded. No key is needed.',
      security: [],
      request: { params: z.object({ key: z.string().openapi({ example: '07/96/0b/3f/3f…/cat.webp' }) }) },
      responses: {
        200: { description: 'The picture.', content: { 'image/*': { schema: binary } } },
        206: { description: 'A part of it.', content: { 'image/*': { schema: binary } } },
        304: { description: 'It is what you have.' },
        404: { description: 'It has expired.', content: { 'application/problem+json': { schema: Problem } } },
        416: {
          description: 'There is no such part of it.',
          content: { 'application/problem+json': { schema: Problem } },
        },
      },
    }),
    async () => {
      throw gone()
    },
  )
  // The document's {key} is one segment to the router; a key has seven.
  app.get('/results/*', async (c) => {
    const key = keyOf(new URL(c.req.url).pathname)
    const expires = expiryOf(key)
    if (key === undefined || expires === undefined || expires <= parts.now()) throw gone()
    const facts = await statResult(parts, key)
    if (!facts) throw gone()
    return bytesOf(c, {
      ...facts,
      name: key.slice(key.lastIndexOf('/') + 1),
      cacheControl: `private, max-age=${Math.floor((expires - parts.now()) / 1000)}, immutable`,
      open: (range) => parts.bucket.get(key, range ? { range } : {}),
    })
  })
}

/** A key that storage refuses is one that nothing was kept under. */
async function statResult({ bucket }: ApiParts, key: string) {
  try {
    return await bucket.stat(key)
  } catch (thrown) {
    if (asFailure(thrown).kind === 'bad-option') return undefined
    throw thrown
  }
}

function keyOf(pathname: string): string | undefined {
  try {
    const segments = pathname.slice(1).split('/').map(decodeURIComponent)
    return segments.some((segment) => segment.includes('/')) ? undefined : segments.join('/')
  } catch {
    return undefined
  }
}

/** results/aa/bb/cc/...: aabbcc is the hour at whose beginning it goes (storage/retention.ts). */
function expiryOf(key = ''): number | undefined {
  const [, a, b, c] = /^results\/([\da-f]{2})\/([\da-f]{2})\/([\da-f]{2})\//.exec(key) ?? []
  return a === undefined ? undefined : Number.parseInt(`${a}${b}${c}`, 16) * hourMs
}
