// One file that is kept: looked at, its bytes, its metadata and tags changed.
import { createRoute, z } from '@hono/zod-openapi'
import type { FileRecord } from '../../../../records/index.ts'
import type { ApiParts } from '../../parts.ts'
import { basesFor, binary, json, jsonRequest, notFound, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { bytesOf, gone } from '../file-response.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { File, FileChange, FileId, fileView } from '../schemas/files.ts'

const tags = ['Files']
const params = z.object({ id: FileId })

export function addFile(routing: Routing): void {
  addGet(routing)
  addContent(routing)
  addChange(routing)
}

async function ownFile(c: NativeContext, { uploads }: ApiParts, id: string): Promise<FileRecord> {
  const file = await uploads.get(c.get('key').project, id)
  if (!file) throw notFound('file')
  return file
}

function addGet({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'get',
      path: '/v1/files/{id}',
      operationId: 'getFile',
      tags,
      summary: 'One file',
      request: { params },
      responses: { 200: json(File, 'The file.'), ...failureResponses(404) },
    }),
    async (c) => c.json(fileView(await ownFile(c, parts, c.req.valid('param').id), basesFor(c, parts)), 200),
  )
}

function addContent({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'get',
      path: '/v1/files/{id}/content',
      operationId: 'getFileContent',
      tags,
      summary: "A file's bytes",
      description: 'Ranges and If-None-Match are heeded.',
      request: { params },
      responses: {
        200: { description: 'The bytes.', content: { '*/*': { schema: binary } } },
        206: { description: 'A part of them.', content: { '*/*': { schema: binary } } },
        304: { description: 'They are what you have.' },
        ...failureResponses(404, 416),
      },
    }),
    async (c) => {
      const file = await ownFile(c, parts, c.req.valid('param').id)
      if (file.state !== 'ready') throw gone()
      const { id, name, bytes, type } = file
      // A file's bytes never change.
      const facts = { name, bytes, type, etag: `"${id}"`, cacheControl: 'private, max-age=3600' }
      return bytesOf(c, { ...facts, open: (range) => parts.uploads.open(file, range) })
    },
  )
}

function addChange({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files', hasJson: true }),
      method: 'patch',
      path: '/v1/files/{id}',
      operationId: 'changeFile',
      tags,
      summary: "Change a file's metadata or tags",
      request: { params, body: jsonRequest(FileChange) },
      responses: { 200: json(File, 'As it is now.'), ...failureResponses(404, ...jsonStatuses) },
    }),
    async (c) => {
      const { metadata, tags } = c.req.valid('json')
      const change = {
        ...(metadata === undefined ? {} : { metadata }),
        ...(tags === undefined ? {} : { tags }),
      }
      const file = await parts.uploads.change(c.get('key').project, c.req.valid('param').id, change)
      if (!file) throw notFound('file')
      return c.json(fileView(file, basesFor(c, parts)), 200)
    },
  )
}
