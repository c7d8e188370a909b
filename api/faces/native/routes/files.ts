// Files that are kept: uploaded as a body or in a form, listed, looked at, changed, stored for good and removed.
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../../errors.ts'
import type { FileRecord } from '../../../../records/index.ts'
import { safeName } from '../../../intake/index.ts'
import type { ApiParts } from '../../parts.ts'
import { mediaType, untilLeft } from '../../request.ts'
import { baseFor, binary, json, jsonRequest, notFound, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { bytesOf, gone } from '../file-response.ts'
import { describeBody } from '../optimize-request.ts'
import { pageBody, pageOf, paging, placeOf, TimePlace } from '../pages.ts'
import { bodyStatuses, failureResponses, jsonStatuses, parseWith } from '../problems.ts'
import { File, FileChange, FileForm, FileId, FileOptions, fileView } from '../schemas/files.ts'
import { moment, yesNo } from '../schemas/scalars.ts'

const tags = ['Files']
const params = z.object({ id: FileId })

export function addFiles(routing: Routing): void {
  addUpload(routing)
  addLists(routing)
  addOne(routing)
}

function addUpload({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload', isCounted: true, hasFile: true }),
      method: 'post',
      path: '/v1/files',
      operationId: 'upload',
      tags,
      summary: 'Upload a file',
      description:
        'As the body, with the options in the query; or as `file` of a form, whose fields are the options.',
      request: {
        query: FileOptions,
        body: {
          required: true,
          content: {
            'image/*': { schema: binary },
            'application/octet-stream': { schema: binary },
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: {
                  file: binary,
                  store: { type: 'boolean' },
                  metadata: { type: 'object' },
                  tags: { type: 'string' },
                  name: { type: 'string' },
                },
                required: ['file'],
              },
            },
          },
        },
      },
      responses: { 201: json(File, 'It is on the disk.'), ...failureResponses(...bodyStatuses) },
    }),
    async (c) => {
      const file = await receiveUpload(c, parts, c.req.valid('query'))
      const base = baseFor(c, parts)
      return c.json(fileView(file, base), 201, { location: `${base}/v1/files/${file.id}` })
    },
  )
}

async function receiveUpload(c: NativeContext, parts: ApiParts, query: FileOptions): Promise<FileRecord> {
  const { incoming } = c.env
  const { left: within } = c.get('hold')
  const taking = { maxBytes: parts.limits.uploadBytes, within, signal: untilLeft(c.env) }
  if (mediaType(incoming) !== 'multipart/form-data') {
    const received = await parts.intake.receive(incoming, {
      ...describeBody(incoming, query.name),
      ...taking,
    })
    return parts.uploads.add(received, uploadOptions(c, query))
  }
  const request = { headers: incoming.headers, body: incoming }
  const form = await parts.intake.form(request, { ...taking, maxFiles: 1 })
  try {
    const [file] = form.files
    if (!file) throw new Failure('bad-body', "The form has no 'file'.", { option: 'file' })
    const fields = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]))
    const { name, ...options } = { ...query, ...parseWith(FileForm, fields) }
    const received = { ...file.received, ...(name === undefined ? {} : { name: safeName(name) }) }
    return await parts.uploads.add(received, uploadOptions(c, options))
  } finally {
    await form.discard()
  }
}

/** What the upload service wants to know, from the options and the key. */
export function uploadOptions(c: NativeContext, { store = true, metadata, tags }: FileOptions) {
  const { project, id: keyId } = c.get('key')
  return {
    ...{ project, keyId, store, hold: c.get('hold') },
    ...(metadata === undefined ? {} : { metadata }),
    ...(tags === undefined ? {} : { tags }),
  }
}

function addLists({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'get',
      path: '/v1/files',
      operationId: 'findFiles',
      tags,
      summary: 'List files',
      request: {
        query: z.strictObject({
          ...paging,
          stored: yesNo()
            .optional()
            .openapi({ description: 'Only those stored for good, or only the others.' }),
          removed: yesNo()
            .optional()
            .openapi({ description: 'Those removed in the last thirty days instead.' }),
          order: z.enum(['newest', 'oldest']).optional().openapi({ description: 'By default newest first.' }),
          from: moment().optional().openapi({ description: 'Begins at this time.' }),
        }),
      },
      responses: { 200: json(pageOf('FilePage', File), 'A page of files.'), ...failureResponses() },
    }),
    async (c) => {
      const { limit, cursor, stored, removed, order, from } = c.req.valid('query')
      const after = placeOf(TimePlace, cursor)
      const { rows, next } = await parts.uploads.find({
        project: c.get('key').project,
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after }),
        ...(stored === undefined ? {} : { isStored: stored }),
        ...(removed === undefined ? {} : { isRemoved: removed }),
        ...(order === undefined ? {} : { order }),
        ...(from === undefined ? {} : { from }),
      })
      const base = baseFor(c, parts)
      return c.json(
        pageBody(
          c,
          rows.map((file) => fileView(file, base)),
          next,
        ),
        200,
      )
    },
  )

  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'get',
      path: '/v1/files/totals',
      operationId: 'countFiles',
      tags,
      summary: 'How many files there are',
      responses: {
        200: json(
          z.object({ stored: z.int(), unstored: z.int(), removed: z.int() }).openapi('FileTotals'),
          'The numbers.',
        ),
        ...failureResponses(),
      },
    }),
    async (c) => c.json({ ...(await parts.uploads.totals(c.get('key').project)) }, 200),
  )
}

function addOne({ app, parts, guard }: Routing): void {
  const one = async (c: NativeContext, id: string): Promise<FileRecord> => {
    const file = await parts.uploads.get(c.get('key').project, id)
    if (!file) throw notFound('file')
    return file
  }

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
    async (c) => c.json(fileView(await one(c, c.req.valid('param').id), baseFor(c, parts)), 200),
  )

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
      const file = await one(c, c.req.valid('param').id)
      if (file.state !== 'ready') throw gone()
      const { id, name, bytes, type } = file
      // A file's bytes never change.
      const facts = { name, bytes, type, etag: `"${id}"`, cacheControl: 'private, max-age=3600' }
      return bytesOf(c, { ...facts, open: (range) => parts.uploads.open(file, range) })
    },
  )

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
      return c.json(fileView(file, baseFor(c, parts)), 200)
    },
  )
}
