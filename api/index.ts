// The door of the API: all its faces in one app. Paths of one never lie in another's way; see each face's file.
import { Hono } from 'hono'
import { identified, type JournalEnv, logged } from './journal.ts'
import { createKraken } from './kraken/index.ts'
import { createNative, nothingHere } from './native/index.ts'
import { createOptidash } from './optidash/index.ts'
import type { ApiParts } from './parts.ts'
import { apiPaths } from './paths.ts'
import { createGroupAddresses } from './uploadcare/group-addresses.ts'
import { createUploadcareRest } from './uploadcare/rest.ts'
import { createUploadcareUpload } from './uploadcare/upload.ts'

export { krakenTeller } from './kraken/index.ts'
export { nativeTeller } from './native/index.ts'
export { optidashTeller } from './optidash/index.ts'
export type { ApiEnv, ApiLimits, ApiParts } from './parts.ts'

export function createApi(parts: ApiParts): Hono<JournalEnv> {
  const app = new Hono<JournalEnv>()
  for (const first of apiPaths) app.use(`/${first}/*`, identified(), logged(parts.log, parts.now))
  app.route('/', createNative(parts))
  app.route('/', createKraken(parts))
  app.route('/', createOptidash(parts))
  app.route('/', createGroupAddresses(parts))
  app.route('/', createUploadcareUpload(parts))
  app.route('/', createUploadcareRest(parts))
  app.all('/v1/*', nothingHere)
  return app
}
