// Where Redis is, as an address tells it: one server, a master that Sentinel names, or a Cluster.
import { z } from 'zod'

export interface RedisNode {
  readonly host: string
  readonly port: number
}

export interface RedisConfig {
  readonly kind: 'single' | 'sentinel' | 'cluster'
  /** The server; the sentinels that know the master; some nodes of the Cluster. */
  readonly nodes: readonly RedisNode[]
  /** The name that sentinels have for the master. */
  readonly master?: string
  readonly hasTls: boolean
  readonly user?: string
  readonly password?: string
  /** A Cluster has none but 0. */
  readonly database: number
}

const expected =
  'an address such as redis://host:6379/0, redis-sentinel://host:26379,host:26379/master or redis-cluster://host:7000,host:7001'

const address =
  /^(rediss?)(-sentinel|-cluster)?:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^@/?#]+)(?:\/([^/?#]*))?(?:\?db=(\d{1,5}))?$/i

/** Undefined for nothing. A fault never repeats what was written, for it may hold a password. */
export const redis = () =>
  z.string().transform((written, context): RedisConfig | undefined => {
    if (written === '') return undefined
    const read = redisIn(written)
    if (read) return read
    context.addIssue({ code: 'custom', message: `expected ${expected}` })
    return z.NEVER
  })

export function redisIn(written: string): RedisConfig | undefined {
  const [, scheme = '', form, user, password, hosts = '', path = '', db] = address.exec(written) ?? []
  const kind = kinds[form?.toLowerCase() ?? '']
  const nodes = hosts.split(',').map((host) => nodeIn(host, kind === 'sentinel' ? 26_379 : 6379))
  const known = nodes.filter((node) => node !== undefined)
  if (kind === undefined || known.length < nodes.length) return undefined
  const place = placeIn(kind, path, db)
  if (place === undefined || (kind === 'single' && nodes.length > 1)) return undefined
  try {
    return {
      kind,
      nodes: known,
      ...place,
      hasTls: scheme.toLowerCase() === 'rediss',
      ...(user && { user: decodeURIComponent(user) }),
      ...(password && { password: decodeURIComponent(password) }),
    }
  } catch {
    // A percent sign that begins no character.
    return undefined
  }
}

const kinds: Readonly<Record<string, RedisConfig['kind']>> = {
  '': 'single',
  '-sentinel': 'sentinel',
  '-cluster': 'cluster',
}

/** The path is a database, the name of a master, or nothing. */
function placeIn(
  kind: RedisConfig['kind'],
  path: string,
  db = '0',
): Pick<RedisConfig, 'master' | 'database'> | undefined {
  if (kind === 'sentinel') return path === '' ? undefined : { master: path, database: Number(db) }
  if (kind === 'cluster') return path === '' && db === '0' ? { database: 0 } : undefined
  return /^\d{0,5}$/.test(path) ? { database: Number(path || db) } : undefined
}

function nodeIn(written: string, usualPort: number): RedisNode | undefined {
  const [, six, name, port = String(usualPort)] =
    /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(written) ?? []
  const host = six ?? name
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) }
}
