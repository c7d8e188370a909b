// The native API: its routes and the OpenAPI description are the same definitions, and the server tells both.
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { asFailure, Failure } from '../../../errors.ts'
import { preflight, readingMethods } from '../../../http/cors.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { methodsOf } from './allowed-methods.ts'
import { type NativeApp, newApp, type Routing } from './app.ts'
import { createGuard, type NativeContext } from './authenticate.ts'
import { openPaths, toAnyOrigin } from './cross-origin.ts'
import { documentOf } from './openapi-document.ts'
import { problemResponse } from './problems.ts'
import { addAccount } from './routes/account.ts'
import { addDeliveries } from './routes/deliveries.ts'
import { addDownloads } from './routes/downloads.ts'
import { addFile } from './routes/file.ts'
import { addFileActions } from './routes/file-actions.ts'
import { addFiles } from './routes/files.ts'
import { addGroups } from './routes/groups.ts'
import { addIdentify } from './routes/identify.ts'
import { addKeys } from './routes/keys.ts'
import { addMultipart } from './routes/multipart.ts'
import { addOptimize } from './routes/optimize.ts'
import { addPurge } from './routes/purge.ts'
import { addResultBytes } from './routes/result-bytes.ts'
import { addResults } from './routes/results.ts'
import { addWebhooks } from './routes/webhooks.ts'

export { nativeWebhook } from './optimize-webhook.ts'

export function createNative(parts: ApiParts): OpenAPIHono<ApiEnv> {
  const app = newApp()
  const routing: Routing = { app, parts, guard: createGuard(parts) }
  // Answers are one project's own: no cache keeps them, unless they say so themselves.
  app.use('/v1/*', async (c, next) => {
    await next()
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  for (const path of openPaths) app.use(path, toAnyOrigin())
  let methods: ReturnType<typeof methodsOf> | undefined
  // Before the routes: one that has a parameter would take a word of another for it.
  app.use('/v1/*', async (c, next) => {
    methods ??= methodsOf(app)
    const allowed = methods(c.req.path)
    if (allowed && !allowed.includes(c.req.method)) return refuseMethod(c, allowed.join(', '))
    return next()
  })
  // What has a word where another has an id comes first: /v1/files/multipart is no file.
  const adding = [
    ...[addOptimize, addIdentify, addResults, addResultBytes],
    ...[addMultipart, addDownloads, addFileActions, addFiles, addFile, addGroups],
    ...[addWebhooks, addDeliveries, addAccount, addKeys, addPurge],
  ]
  for (const add of adding) add(routing)

  let document: string | undefined
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(documentOf(app, parts))
    return c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
  })

  refuseOtherMethods(app)

  // What is logged of it is the journal's, for all faces.
  app.onError((thrown, c) => problemResponse(c, asOwnFailure(thrown)))
  return app as unknown as OpenAPIHono<ApiEnv>
}

/** For paths below /v1 that no face has: mounted behind all of them. */
export const nothingHere = (c: Context): Response =>
  problemResponse(
    c,
    new Failure('not-found', 'The API has nothing at this address; /openapi.json says what it has.'),
  )

/** 405 with Allow (RFC 9110 15.5.6), where a path is known and the method is not. */
function refuseOtherMethods(app: NativeApp): void {
  for (const path of openPaths) {
    app.options(path, (c) => c.body(null, 204, preflight))
    app.all(path, (c) => refuseMethod(c, readingMethods))
  }
}

function refuseMethod(c: NativeContext, allow: string): Response {
  const response = problemResponse(
    c,
    new Failure('bad-method', `Expected ${allow}, received ${c.req.method}.`),
  )
  response.headers.set('allow', allow)
  return response
}

/** What the framework itself refuses: JSON that is none, or a body of another type than JSON. */
function asOwnFailure(thrown: unknown): Failure {
  if (!(thrown instanceof HTTPException)) return asFailure(thrown)
  if (thrown.status === 415) return new Failure('body-unsupported', 'Send the body as application/json.')
  return thrown.status < 500 ? new Failure('bad-body', `${thrown.message}.`) : asFailure(thrown)
}
