// Files that are kept: uploaded as a body or in a form, listed and counted.
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../../errors.ts'
import type { FileRecord } from '../../../../records/index.ts'
import { safeName } from '../../../intake/index.ts'
import type { ApiParts } from '../../parts.ts'
import { mediaType, untilLeft } from '../../request.ts'
import { basesFor, binary, json, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { describeBody } from '../optimize-request.ts'
import { pageBody, pageOf, paging, placeOf, TimePlace } from '../pages.ts'
import { bodyStatuses, failureResponses, parseWith } from '../problems.ts'
import { File, FileForm, FileOptions, fileView } from '../schemas/files.ts'
import { moment, yesNo } from '../schemas/scalars.ts'

const tags = ['Files']

export function addFiles(routing: Routing): void {
  addUpload(routing)
  addList(routing)
  addTotals(routing)
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
      const bases = basesFor(c, parts)
      return c.json(fileView(file, bases), 201, { location: `${bases.api}/v1/files/${file.id}` })
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

function addList({ app, parts, guard }: Routing): void {
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
      const bases = basesFor(c, parts)
      return c.json(
        pageBody(
          c,
          rows.map((file) => fileView(file, bases)),
          next,
        ),
        200,
      )
    },
  )
}

function addTotals({ app, parts, guard }: Routing): void {
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
