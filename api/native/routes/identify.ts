// What a picture is, from its first bytes: answered while the rest of the body has not come, and without it.
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../errors.ts'
import type { Identification as Identified } from '../../../transforms/optimise/report.ts'
import { untilLeft } from '../../incoming.ts'
import type { ApiParts } from '../../parts.ts'
import { binary, json, jsonOf, type Routing } from '../app.ts'
import { mediaType, namedAs } from '../asked.ts'
import type { NativeContext } from '../guard.ts'
import { bodyStatuses, checked, failing, sourceStatuses } from '../problems.ts'
import { Identification } from '../schemas/reports.ts'
import { httpUrl } from '../schemas/scalars.ts'
import { identificationView } from '../views.ts'

const FromUrl = z.strictObject({ url: httpUrl() }).openapi('IdentifyUrl', {
  example: { url: 'https://shop.example/cat.jpg' },
})

export function addIdentify({ app, parts, guard }: Routing): void {
  app.openAPIRegistry.register('IdentifyUrl', FromUrl)
  app.openapi(
    createRoute({
      ...guard({ scope: 'optimise', isCounted: true }),
      method: 'post',
      path: '/v1/identify',
      operationId: 'identify',
      tags: ['Optimise'],
      summary: 'Say what a picture is',
      description:
        'From the first bytes: the answer comes before the body has ended, and what still comes is thrown away.',
      request: {
        body: {
          required: true,
          content: {
            'image/*': { schema: binary },
            'application/octet-stream': { schema: binary },
            'multipart/form-data': {
              schema: { type: 'object', properties: { file: binary }, required: ['file'] },
            },
            'application/json': { schema: { $ref: '#/components/schemas/IdentifyUrl' } },
          },
        },
      },
      responses: {
        200: json(Identification, 'What it says of itself.'),
        ...failing(...bodyStatuses, ...sourceStatuses),
      },
    }),
    async (c) => {
      const found = await identified(c, parts)
      if (!found) throw new Failure('source-unsupported', 'These bytes are of no picture that we know.')
      return c.json(identificationView(found), 200)
    },
  )
}

function identified(c: NativeContext, parts: ApiParts): Promise<Identified | null> {
  const kind = mediaType(c.env.incoming)
  if (kind === 'application/json') return ofUrl(c, parts)
  return kind === 'multipart/form-data' ? ofForm(c, parts) : ofBody(c, parts)
}

async function ofUrl(c: NativeContext, parts: ApiParts): Promise<Identified | null> {
  const { url } = checked(FromUrl, await jsonOf(c, parts))
  const maxBytes = parts.limits.optimiseBytes
  const received = await parts.intake.fetch(url, { maxBytes, onlyPictures: true, signal: untilLeft(c.env) })
  await received.discard()
  return received.identification
}

async function ofForm(c: NativeContext, { intake, limits }: ApiParts): Promise<Identified | null> {
  const { incoming } = c.env
  const options = {
    maxBytes: limits.optimiseBytes,
    onlyPictures: true,
    maxFiles: 1,
    signal: untilLeft(c.env),
  }
  const form = await intake.form({ headers: incoming.headers, body: incoming }, options)
  await form.discard()
  const [file] = form.files
  if (!file) throw new Failure('bad-body', "The form has no 'file'.", { option: 'file' })
  return file.received.identification
}

/** The intake lets go of a body that nobody waits for, and leaves the connection, on which the answer goes out. */
async function ofBody(c: NativeContext, { intake, limits }: ApiParts): Promise<Identified | null> {
  const { incoming } = c.env
  const enough = new AbortController()
  const first = Promise.withResolvers<Identified | null>()
  const receiving = intake.receive(incoming, {
    ...namedAs(incoming),
    maxBytes: limits.optimiseBytes,
    onlyPictures: true,
    identified: first.resolve,
    signal: AbortSignal.any([enough.signal, untilLeft(c.env)]),
  })
  receiving.then(
    async (received) => {
      first.resolve(received.identification)
      await received.discard()
    },
    (thrown) => first.reject(thrown),
  )
  try {
    return await first.promise
  } finally {
    enough.abort()
  }
}
