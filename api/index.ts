// The door of the API: all its faces in one app. Paths of one never lie in another's way; see each face's file.
import { Hono } from 'hono'
import { type AccessLogEnv, logRequests, withRequestId } from './faces/access-log.ts'
import { createKraken } from './faces/kraken/index.ts'
import { createNative, nothingHere } from './faces/native/index.ts'
import { createOptidash } from './faces/optidash/index.ts'
import type { ApiParts } from './faces/parts.ts'
import { createGroupAddresses } from './faces/uploadcare/group-addresses.ts'
import { createUploadcareRest } from './faces/uploadcare/rest.ts'
import { createUploadcareUpload } from './faces/uploadcare/upload.ts'
import { apiPaths } from './paths.ts'

export { translateFileEvent } from './faces/file-webhook.ts'
export { krakenWebhook } from './faces/kraken/index.ts'
export { nativeWebhook } from './faces/native/index.ts'
export { optidashWebhook } from './faces/optidash/index.ts'
export type { ApiEnv, ApiLimits, ApiParts, RateLimits } from './faces/parts.ts'

export function createApi(parts: ApiParts): Hono<AccessLogEnv> {
  const app = new Hono<AccessLogEnv>()
  for (const first of apiPaths) app.use(`/${first}/*`, withRequestId(), logRequests(parts.log, parts.now))
  app.route('/', createNative(parts))
  app.route('/', createKraken(parts))
  app.route('/', createOptidash(parts))
  app.route('/', createGroupAddresses(parts))
  app.route('/', createUploadcareUpload(parts))
  app.route('/', createUploadcareRest(parts))
  app.all('/v1/*', nothingHere)
  return app
}
