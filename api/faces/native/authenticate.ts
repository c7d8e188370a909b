// Who asks: a key in the Authorization header, as a bearer token or by Basic, with the scope that the route needs.
import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { Failure } from '../../../errors.ts'
import type { KeyRecord } from '../../../records/index.ts'
import { isCoded } from '../../intake/content.ts'
import type { Hold, Scope } from '../../services/accounts/accounts.ts'
import { deepest, isTooDeep } from '../json.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { mediaType, textOf } from '../request.ts'

export interface NativeEnv extends ApiEnv {
  Variables: {
    key: KeyRecord
    /** Of a route that counts: what this call holds of the key's quota. */
    hold: Hold
  }
}

export type NativeContext = Context<NativeEnv>

interface AccessNeeds {
  /** Without one any key will do. */
  readonly scope?: Scope
  /** Whether it is work that counts against the quota. */
  readonly isCounted?: boolean
  /** Whether a body that is no JSON is a file whose bytes count. */
  readonly hasFile?: boolean
  /** Whether the framework reads the body, which is then JSON and short. */
  readonly hasJson?: boolean
}

export type Guard = ReturnType<typeof createGuard>

/** What a route spreads into its definition: the middleware, and what the document says of it. */
export function createGuard({
  accounts,
  limits,
  rateLimits,
}: Pick<ApiParts, 'accounts' | 'limits' | 'rateLimits'>) {
  /** Read here, as everywhere else, and laid where the framework looks for it. */
  const read: MiddlewareHandler<NativeEnv> = async (c, next) => {
    const text = await textOf(c.env.incoming, limits.jsonBytes)
    if (isTooDeep(text)) throw new Failure('bad-body', `The body is nested deeper than ${deepest} levels.`)
    c.req.bodyCache.text = Promise.resolve(text) as unknown as string
    await next()
  }
  return ({ scope, isCounted = false, hasFile = false, hasJson = false }: AccessNeeds = {}) => {
    const admit: MiddlewareHandler<NativeEnv> = async (c, next) => {
      const key = await keyOf(accounts, c.req.header('authorization'))
      await rateLimits.take(key, c.env)
      if (scope !== undefined) accounts.require(key, scope)
      c.set('key', key)
      if (!isCounted) return next()
      c.set('hold', await reserveFor(accounts, key, hasFile ? c.env.incoming : undefined))
      await next()
      // Where nothing came of it: what was counted, or goes on, is not this call's any more.
      await c.get('hold').release()
    }
    const middleware = hasJson ? [admit, read] : [admit]
    return { middleware, security: scope === undefined ? anyKey : withScope(scope) }
  }
}

/** Boundaries, and the fields beside a file, are no bytes of it. */
const formBytes = 64 * 1024

/** What is announced as more than is left is refused before it is read. */
async function reserveFor(
  accounts: ApiParts['accounts'],
  key: KeyRecord,
  incoming?: IncomingMessage,
): Promise<Hold> {
  const length = Number(incoming?.headers['content-length'] ?? 0)
  const kind = incoming && mediaType(incoming)
  if (!incoming || kind === 'application/json' || isCoded(incoming.headers)) return accounts.reserve(key)
  if (kind !== 'multipart/form-data') return accounts.reserve(key, length)
  const hold = await accounts.reserve(key)
  if (length - formBytes <= hold.left()) return hold
  await hold.release()
  throw new Failure(
    'over-quota',
    'The form has more bytes than are left of what this key has for this month.',
  )
}

export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'Authorization: Bearer <key id>.<secret>' },
  basic: { type: 'http', scheme: 'basic', description: 'The key id as user, the secret as password.' },
} as const

// OpenAPI 3.1 lets any scheme name the roles that are needed.
const withScope = (scope: Scope) => [{ bearer: [scope] }, { basic: [scope] }]
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
