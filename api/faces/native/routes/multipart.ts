// Large files in parts: started with their size, sent part by part in any order and again where one broke off, and
// put together at the end.
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../../errors.ts'
import type { KeyRecord } from '../../../../records/index.ts'
import type { MultipartProgress } from '../../../services/uploads/uploads.ts'
import type { ApiParts } from '../../parts.ts'
import { untilLeft } from '../../request.ts'
import { baseFor, basesFor, binary, json, jsonRequest, notFound, type Routing } from '../app.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { File, FileId, fileView } from '../schemas/files.ts'
import { Multipart, MultipartState, NewMultipart } from '../schemas/multipart.ts'
import { integer, timeText } from '../schemas/scalars.ts'
import { uploadOptions } from './files.ts'

const tags = ['Files in parts']
const params = z.object({ id: FileId })
/** As S3 has it: no part but the last is smaller, and there are no more of them. */
const usualPartBytes = 5 * 2 ** 20
const mostParts = 10_000

export function addMultipart(routing: Routing): void {
  addStart(routing)
  addPart(routing)
  addState(routing)
  addEnd(routing)
}

function addStart({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload', isCounted: true, hasJson: true }),
      method: 'post',
      path: '/v1/files/multipart',
      operationId: 'startMultipart',
      tags,
      summary: 'Start an upload in parts',
      request: { body: jsonRequest(NewMultipart) },
      responses: {
        201: json(Multipart, 'Where the parts are put.'),
        ...failureResponses(413, ...jsonStatuses),
      },
    }),
    async (c) => {
      const {
        name,
        bytes,
        type = 'application/octet-stream',
        part_bytes,
        sha256,
        ...options
      } = c.req.valid('json')
      if (bytes > parts.limits.multipartBytes)
        throw new Failure('source-too-large', `A file may have at most ${parts.limits.multipartBytes} bytes.`)
      const partBytes = part_bytes ?? Math.max(usualPartBytes, Math.ceil(bytes / mostParts))
      if (bytes / partBytes > mostParts)
        throw new Failure('bad-option', `Expected parts so large that there are at most ${mostParts}.`, {
          option: 'part_bytes',
          expected: `at least ${Math.ceil(bytes / mostParts)}`,
          received: String(partBytes),
        })
      const plan = { name, type, bytes, partBytes, ...(sha256 === undefined ? {} : { sha256 }) }
      const started = await parts.uploads.start({ ...uploadOptions(c, options), ...plan })
      const { file, parts: count } = started
      return c.json(planView({ file, partBytes, parts: count }, baseFor(c, parts)), 201)
    },
  )
}

const planView = (
  { file, partBytes, parts }: Omit<MultipartProgress, 'received' | 'state'>,
  base: string,
) => ({
  id: file.id,
  part_bytes: partBytes,
  parts,
  part_url: `${base}/v1/files/multipart/${file.id}/{part}`,
})

function addState({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload' }),
      method: 'get',
      path: '/v1/files/multipart/{id}',
      operationId: 'getMultipart',
      tags,
      summary: 'Which parts have come',
      description:
        'What is to be known to go on where it broke off, also where completing it did. 409: it is a file already.',
      request: { params },
      responses: { 200: json(MultipartState, 'The upload, as far as it is.'), ...failureResponses(404, 409) },
    }),
    async (c) => {
      const coming = await parts.uploads.multipartProgress(c.get('key').project, c.req.valid('param').id)
      const { name, bytes, created } = coming.file
      const { state, received } = coming
      const known = { name, bytes, created: timeText(created), state, received: [...received] }
      return c.json({ ...planView(coming, baseFor(c, parts)), ...known }, 200)
    },
  )
}

function addPart({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload' }),
      method: 'put',
      path: '/v1/files/multipart/{id}/{part}',
      operationId: 'putPart',
      tags,
      summary: 'Send a part',
      description: 'The body is the part. One that is sent again replaces the earlier.',
      request: {
        params: z.object({ id: FileId, part: integer(1, mostParts).openapi({ example: 1 }) }),
        body: { required: true, content: { 'application/octet-stream': { schema: binary } } },
      },
      responses: { 204: { description: 'It is on the disk.' }, ...failureResponses(404, 408, 409, 413, 415) },
    }),
    async (c) => {
      const { id, part } = c.req.valid('param')
      await own(parts, c.get('key'), id)
      const { incoming } = c.env
      const { headers } = incoming
      await parts.uploads.part(id, part, incoming, { headers, signal: untilLeft(c.env) })
      return c.body(null, 204)
    },
  )
}

/** The service takes parts by the id alone, because some faces have nothing else; here the key says more. */
async function own({ records }: ApiParts, { project }: KeyRecord, id: string): Promise<void> {
  const file = await records.files.get(id)
  if (file?.project !== project) throw notFound('upload')
}

function addEnd({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload' }),
      method: 'post',
      path: '/v1/files/multipart/{id}/complete',
      operationId: 'completeMultipart',
      tags,
      summary: 'Put the parts together',
      description:
        'The parts must have all bytes of the file, and be together what `sha256` said at the start. May be asked again when the answer was lost, or the server was.',
      request: { params },
      responses: { 200: json(File, 'It is on the disk.'), ...failureResponses(404, 409) },
    }),
    async (c) => {
      const file = await parts.uploads.complete(c.get('key').project, c.req.valid('param').id)
      return c.json(fileView(file, basesFor(c, parts)), 200)
    },
  )

  app.openapi(
    createRoute({
      ...guard({ scope: 'upload' }),
      method: 'delete',
      path: '/v1/files/multipart/{id}',
      operationId: 'abortMultipart',
      tags,
      summary: 'Give an upload up',
      request: { params },
      responses: { 204: { description: 'Its parts are gone.' }, ...failureResponses(404) },
    }),
    async (c) => {
      if (!(await parts.uploads.abort(c.get('key').project, c.req.valid('param').id)))
        throw notFound('upload')
      return c.body(null, 204)
    },
  )
}
