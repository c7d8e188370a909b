// Who asks: a key in the Authorization header, as a bearer token or by Basic, with the scope that the route needs.
import type { Context, MiddlewareHandler } from 'hono'
import { Failure } from '../../errors.ts'
import type { KeyRecord } from '../../records/index.ts'
import type { Scope } from '../accounts/accounts.ts'
import { textOf } from '../incoming.ts'
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
  /** Read here, as everywhere else, and laid where the framework looks for it. */
  const read: MiddlewareHandler<NativeEnv> = async (c, next) => {
    const text = await textOf(c.env.incoming, limits.jsonBytes)
    c.req.bodyCache.text = Promise.resolve(text) as unknown as string
    await next()
  }
  return ({ scope, isCounted = false, hasJson = false }: Need = {}) => {
    const known: MiddlewareHandler<NativeEnv> = async (c, next) => {
      const key = await keyOf(accounts, c.req.header('authorization'))
      if (scope !== undefined) accounts.require(key, scope)
      if (isCounted) await accounts.admit(key)
      c.set('key', key)
      await next()
    }
    const middleware = hasJson ? [known, read] : [known]
    return { middleware, security: scope === undefined ? anyKey : scoped(scope) }
  }
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
