// Uploadcare's Upload API: files whole, in parts and from addresses, and groups of them.
import { Hono } from 'hono'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { fileInfo } from './file-json.ts'
import { fromUrl, fromUrlStatus } from './from-url.ts'
import { group, groupInfo } from './group.ts'
import { complete, partRoute, start } from './multipart.ts'
import { Refusal } from './upload-errors.ts'
import { holdQuota, isUuid, keyOf, uploaderOf, uploadOptions } from './upload-options.ts'
import { route, type UploadHandler } from './upload-request.ts'

export function createUploadcareUpload(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  const { uploadBytes } = parts.limits
  route(app, parts, { method: 'POST', path: '/base/', answer: base(parts), maxBytes: uploadBytes })
  route(app, parts, { method: 'GET', path: '/info/', answer: info(parts) })
  route(app, parts, { method: 'POST', path: '/multipart/start/', answer: start(parts) })
  route(app, parts, { method: 'POST', path: '/multipart/complete/', answer: complete(parts) })
  partRoute(app, parts)
  route(app, parts, { method: 'POST', path: '/from_url/', answer: fromUrl(parts) })
  route(app, parts, { method: 'GET', path: '/from_url/status/', answer: fromUrlStatus(parts) })
  // The Python client writes the first with two slashes.
  for (const path of ['/group/', '/group//'])
    route(app, parts, { method: 'POST', path, answer: group(parts) })
  route(app, parts, { method: 'GET', path: '/group/info/', answer: groupInfo(parts) })
  return app
}

/** One id for each file, under the name of its field. */
function base(parts: ApiParts): UploadHandler {
  return async (asked) => {
    const key = await uploaderOf(asked, parts, 'UPLOADCARE_PUB_KEY')
    const wanted = uploadOptions(asked, key)
    if (asked.files.length === 0) throw new Refusal('FilesRequiredError')
    // Each counts as a call of its own: all are held before the first is kept.
    const others = asked.files.slice(1).map(() => holdQuota(asked, key, parts))
    const holds = [key.hold, ...(await all(others))]
    const ids: Record<string, string> = {}
    for (const [i, { field, received }] of asked.files.entries()) {
      const hold = holds[i] ?? key.hold
      const file = await parts.uploads.add(received, { ...wanted, hold })
      ids[field] = file.id
    }
    return ids
  }
}

/** As Promise.all, when none of them is still at it. */
async function all<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(works)
  return Promise.all(works)
}

function info({ uploads, ...parts }: ApiParts): UploadHandler {
  return async (asked) => {
    const { project } = await keyOf(asked, parts)
    const id = asked.field('file_id')
    if (id === undefined) throw new Refusal('FileIdRequiredError')
    if (!isUuid(id)) throw new Refusal('FileIdInvalidError')
    const file = await uploads.get(project, id)
    if (file?.state !== 'ready') throw new Refusal('FileNotFoundError')
    return fileInfo(file)
  }
}
