// Files from elsewhere: fetched by their address, while the client asks how far it is.
import { createRoute, z } from '@hono/zod-openapi'
import { basesFor, json, jsonRequest, notFound, type Routing } from '../app.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { Download, DownloadStatus, downloadView, File, fileView, NewFromUrl } from '../schemas/files.ts'
import { uploadOptions } from './files.ts'

const tags = ['Files']

export function addDownloads(routing: Routing): void {
  addStart(routing)
  addProgress(routing)
}

function addStart({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload', isCounted: true, hasJson: true }),
      method: 'post',
      path: '/v1/files/from-url',
      operationId: 'uploadFromUrl',
      tags,
      summary: 'Upload a file from an address',
      description: 'The download goes on without you, also across a crash of the server.',
      request: { body: jsonRequest(NewFromUrl) },
      responses: {
        200: json(File, 'With check_duplicates: the file that came from there before.'),
        202: json(Download, 'It will be fetched.'),
        ...failureResponses(...jsonStatuses),
      },
    }),
    async (c) => {
      const {
        url,
        name,
        check_duplicates,
        save_duplicates = check_duplicates,
        ...options
      } = c.req.valid('json')
      const bases = basesFor(c, parts)
      const begun = await parts.uploads.fromUrl({
        ...uploadOptions(c, options),
        url,
        ...(name === undefined ? {} : { name }),
        ...(check_duplicates === undefined ? {} : { checkDuplicates: check_duplicates }),
        ...(save_duplicates === undefined ? {} : { saveDuplicates: save_duplicates }),
      })
      if ('file' in begun) return c.json(fileView(begun.file, bases), 200)
      const { token } = begun
      const status_url = `${bases.api}/v1/files/from-url/${token}`
      return c.json({ token, status_url }, 202, { location: status_url })
    },
  )
}

function addProgress({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'upload' }),
      method: 'get',
      path: '/v1/files/from-url/{token}',
      operationId: 'getDownload',
      tags,
      summary: 'How far a download is',
      request: { params: z.object({ token: z.string().max(200) }) },
      responses: { 200: json(DownloadStatus, 'Its state.'), ...failureResponses(404) },
    }),
    async (c) => {
      const progress = await parts.uploads.progress(c.req.valid('param').token, c.get('key').project)
      if (!progress) throw notFound('download')
      return c.json(downloadView(progress, basesFor(c, parts)), 200)
    },
  )
}
