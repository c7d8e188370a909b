// What is done with files that are there: storing, removing, copying; one by one or up to a hundred at once.
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../../errors.ts'
import type { Batch } from '../../../services/uploads/uploads.ts'
import type { ApiParts } from '../../parts.ts'
import { basesFor, json, jsonRequest, notFound, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { batchView, CopyOptions, File, FileBatch, FileId, FileIds, fileView } from '../schemas/files.ts'
import { uploadOptions } from './files.ts'

const tags = ['Files']
const params = z.object({ id: FileId })

export function addFileActions(routing: Routing): void {
  addStore(routing)
  addRemove(routing)
  addForMany(routing)
  addCopy(routing)
}

function onlyView(c: NativeContext, parts: ApiParts, { files }: Batch) {
  const [file] = files
  if (!file) throw notFound('file')
  return fileView(file, basesFor(c, parts))
}

function addStore({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'put',
      path: '/v1/files/{id}/store',
      operationId: 'storeFile',
      tags,
      summary: 'Keep a file for good',
      request: { params },
      responses: { 200: json(File, 'It is kept.'), ...failureResponses(404) },
    }),
    async (c) =>
      c.json(
        onlyView(c, parts, await parts.uploads.store(c.get('key').project, [c.req.valid('param').id])),
        200,
      ),
  )
}

function addRemove({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'delete',
      path: '/v1/files/{id}',
      operationId: 'deleteFile',
      tags,
      summary: 'Remove a file',
      request: { params },
      responses: { 200: json(File, 'It is removed.'), ...failureResponses(404) },
    }),
    async (c) =>
      c.json(
        onlyView(c, parts, await parts.uploads.remove(c.get('key').project, [c.req.valid('param').id])),
        200,
      ),
  )
}

function addForMany({ app, parts, guard }: Routing): void {
  const { uploads } = parts
  for (const [path, operationId, summary, work] of [
    ['/v1/files/store', 'storeFiles', 'Keep up to a hundred files for good', uploads.store],
    ['/v1/files/delete', 'deleteFiles', 'Remove up to a hundred files', uploads.remove],
  ] as const)
    app.openapi(
      createRoute({
        ...guard({ scope: 'files', hasJson: true }),
        method: 'post',
        path,
        operationId,
        tags,
        summary,
        request: { body: jsonRequest(FileIds) },
        responses: {
          200: json(FileBatch, 'Those that it was done to, and why not to the others.'),
          ...failureResponses(...jsonStatuses),
        },
      }),
      async (c) => {
        const batch = await work(c.get('key').project, c.req.valid('json').ids)
        return c.json(batchView(batch, basesFor(c, parts)), 200)
      },
    )
}

function addCopy({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload', isCounted: true, hasJson: true }),
      method: 'post',
      path: '/v1/files/{id}/copy',
      operationId: 'copyFile',
      tags,
      summary: 'Copy a file',
      request: { params, body: jsonRequest(CopyOptions, false) },
      responses: { 201: json(File, 'The copy.'), ...failureResponses(404, ...jsonStatuses) },
    }),
    async (c) => {
      const { id } = c.req.valid('param')
      const { store } = c.req.valid('json')
      const file = await parts.uploads
        .copy(id, uploadOptions(c, store === undefined ? {} : { store }))
        .catch(absent)
      const bases = basesFor(c, parts)
      return c.json(fileView(file, bases), 201, { location: `${bases.api}/v1/files/${file.id}` })
    },
  )
}

function absent(thrown: unknown): never {
  throw thrown instanceof Failure && thrown.kind === 'source-missing' ? notFound('file') : thrown
}
