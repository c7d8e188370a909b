// What a picture is, from its first bytes: answered while the rest of the body has not come, and without it.
import { createRoute, z } from '@hono/zod-openapi'
import { asFailure, Failure } from '../../../../errors.ts'
import type { Counts } from '../../../../records/index.ts'
import type { Identification as Identified } from '../../../../transforms/optimise/identification.ts'
import { countsOfFailure } from '../../../services/optimising/result-rows.ts'
import type { ApiParts } from '../../parts.ts'
import { mediaType, untilLeft } from '../../request.ts'
import { binary, json, jsonOf, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { describeBody } from '../optimize-request.ts'
import { bodyStatuses, failureResponses, parseWith, sourceStatuses } from '../problems.ts'
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
        'From the first bytes: the answer comes before the body has ended, and what still comes is thrown away. A call as any other; its bytes count where all of them are read, of a form or from an address.',
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
        ...failureResponses(...bodyStatuses, ...sourceStatuses),
      },
    }),
    async (c) => {
      const { identification, bytes } = await identifyAndCount(c, parts)
      await count(c, parts, { calls: 1, bytesIn: bytes })
      return c.json(identificationView(identification), 200)
    },
  )
}

interface IdentifiedPicture {
  readonly identification: Identified | null
  /** Bytes read, where the file was read to its end; else 0. */
  readonly bytes: number
}

/** A failure counts as a failure to optimise does. */
async function identifyAndCount(c: NativeContext, parts: ApiParts) {
  try {
    const { identification, bytes } = await identifyBody(c, parts)
    if (identification) return { identification, bytes }
    throw new Failure('source-unsupported', 'These bytes are of no picture that we know.')
  } catch (thrown) {
    const counts = countsOfFailure(asFailure(thrown))
    if (counts) await count(c, parts, counts)
    throw thrown
  }
}

async function count(c: NativeContext, { records, now }: ApiParts, counts: Partial<Counts>): Promise<void> {
  const hold = c.get('hold')
  await records.transaction((t) => t.usage.count(c.get('key').id, counts, now(), hold.id))
  hold.settle()
}

function identifyBody(c: NativeContext, parts: ApiParts): Promise<IdentifiedPicture> {
  const kind = mediaType(c.env.incoming)
  if (kind === 'application/json') return ofUrl(c, parts)
  return kind === 'multipart/form-data' ? ofForm(c, parts) : ofBody(c, parts)
}

async function ofUrl(c: NativeContext, parts: ApiParts): Promise<IdentifiedPicture> {
  const { url } = parseWith(FromUrl, await jsonOf(c, parts))
  const maxBytes = parts.limits.optimiseBytes
  const { left: within, take } = c.get('hold')
  const options = { maxBytes, within, onlyPictures: true, signal: untilLeft(c.env) }
  const received = await parts.intake.fetch(url, options)
  await received.discard()
  await take(received.bytes)
  return received
}

async function ofForm(c: NativeContext, { intake, limits }: ApiParts): Promise<IdentifiedPicture> {
  const { incoming } = c.env
  const options = {
    maxBytes: limits.optimiseBytes,
    within: c.get('hold').left,
    onlyPictures: true,
    maxFiles: 1,
    signal: untilLeft(c.env),
  }
  const form = await intake.form({ headers: incoming.headers, body: incoming }, options)
  await form.discard()
  const [file] = form.files
  if (!file) throw new Failure('bad-body', "The form has no 'file'.", { option: 'file' })
  await c.get('hold').take(file.received.bytes)
  return file.received
}

/** The intake lets go of a body that nobody waits for, and leaves the connection, on which the answer goes out. */
async function ofBody(c: NativeContext, { intake, limits }: ApiParts): Promise<IdentifiedPicture> {
  const { incoming } = c.env
  const enough = new AbortController()
  const first = Promise.withResolvers<Identified | null>()
  const receiving = intake.receive(incoming, {
    ...describeBody(incoming),
    maxBytes: limits.optimiseBytes,
    onlyPictures: true,
    onIdentified: first.resolve,
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
    return { identification: await first.promise, bytes: 0 }
  } finally {
    enough.abort()
  }
}
