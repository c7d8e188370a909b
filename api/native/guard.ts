// Who asks: a key in the Authorization header, as a bearer token or by Basic, with the scope that the route needs.
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Failure } from '../../errors.ts'
import type { KeyRecord } from '../../records/index.ts'
import type { Scope } from '../accounts/accounts.ts'
import { deepest, isTooDeep } from '../json.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'

export interface NativeEnv extends ApiEnv {
  Variables: { key: KeyRecord }
}

export type NativeContext = Context<NativeEnv>

interface Need {
  /** Without one any key will do. */
  readonly scope?: Scope
  /** Whether it is work that counts against the quota. */
  readonly isCounted?: boolean
  /** Whether the framework reads the body, which is then JSON and short. */
  readonly hasJson?: boolean
}

export type Guard = ReturnType<typeof createGuard>

/** What a route spreads into its definition: the middleware, and what the document says of it. */
export function createGuard({ accounts, limits }: Pick<ApiParts, 'accounts' | 'limits'>) {
  const limit: MiddlewareHandler<NativeEnv> = bodyLimit({
    maxSize: limits.jsonBytes,
    onError: () => {
      throw new Failure(
        'body-too-large',
        `The body is longer than the ${limits.jsonBytes} bytes allowed here.`,
      )
    },
  })
  return ({ scope, isCounted = false, hasJson = false }: Need = {}) => {
    const known: MiddlewareHandler<NativeEnv> = async (c, next) => {
      const key = await keyOf(accounts, c.req.header('authorization'))
      if (scope !== undefined) accounts.require(key, scope)
      if (isCounted) await accounts.admit(key)
      c.set('key', key)
      await next()
    }
    const middleware = hasJson ? [known, limit, shallow] : [known]
    return { middleware, security: scope === undefined ? anyKey : scoped(scope) }
  }
}

/** What the framework makes a value of. It keeps the text, so this reads the body for both. */
const shallow: MiddlewareHandler<NativeEnv> = async (c, next) => {
  if (isTooDeep(await c.req.text()))
    throw new Failure('bad-body', `The body is nested deeper than ${deepest} levels.`)
  await next()
}

export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'Authorization: Bearer <key id>.<secret>' },
  basic: { type: 'http', scheme: 'basic', description: 'The key id as user, the secret as password.' },
} as const

// OpenAPI 3.1 lets any scheme name the roles that are needed.
const scoped = (scope: Scope) => [{ bearer: [scope] }, { basic: [scope] }]
const anyKey = [{ bearer: [] }, { basic: [] }]

async function keyOf(accounts: ApiParts['accounts'], header = ''): Promise<KeyRecord> {
  const [, scheme = '', credentials = ''] = /^(bearer|basic) +(\S+)$/i.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return accounts.byToken(credentials)
  if (scheme.toLowerCase() === 'basic') {
    const [, id = '', secret = ''] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, 'base64').toString()) ?? []
    return accounts.bySecret(id, secret)
  }
  throw new Failure('bad-credentials', "Send the header 'Authorization: Bearer <key id>.<secret>'.")
}
