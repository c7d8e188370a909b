// Where the log of purges lies that all members share: in Redis, else in the database, which others read at an api process.
import type { Members } from '../cluster/members.ts'
import type { SharedLog } from '../purging/index.ts'
import type { Records } from '../records/index.ts'
import { readLogAt } from '../wire/purges.ts'
import type { Assembly } from './context.ts'
import { selfOf } from './self.ts'

export interface SharedLogPlace {
  readonly shared: SharedLog
  /** Whether a member that does not answer now reads the log before it serves again. */
  readonly isReadByAll: boolean
  /** Whether it can be reached, after a while at the latest. */
  isThere(): Promise<boolean>
  /** Looks at the log from time to time; called once. */
  follow(look: () => void): Members | undefined
  /** The address of this process, where others know it. */
  readonly self?: string
}

/** How long a start waits for Redis. Without it nobody knows what was purged while this process was away. */
const arrivalMs = 3000
/** How often the log is looked at, for what nobody delivered. */
const lookEveryMs = 5000

/** Undefined where nobody shares anything. */
export async function sharedLogPlace(
  assembly: Assembly,
  records: Records | undefined,
): Promise<SharedLogPlace | undefined> {
  const { config } = assembly
  if (assembly.redis) return inRedis(assembly, assembly.redis)
  if (records && isSharedBy(config)) {
    const { createRecordedLog } = await import('./recorded-log.ts')
    return looking(assembly, createRecordedLog(records))
  }
  if (config.apis.length === 0) return undefined
  const [secret] = config.tierSecret
  return looking(assembly, readLogAt(config.apis, { secret, answerMs: config.connectMs }))
}

/** In one process alone its own file says all. */
const isSharedBy = ({ database, origins, shields, edges }: Assembly['config']): boolean =>
  database !== '' || origins.length + shields.length + edges.length > 0

async function inRedis(
  { config, version, closing, now = Date.now }: Assembly,
  redis: NonNullable<Assembly['redis']>,
): Promise<SharedLogPlace> {
  const [{ createPurgeStream }, { joinMembers }] = await Promise.all([
    import('../cluster/purge-stream.ts'),
    import('../cluster/members.ts'),
  ])
  const self = selfOf(config)
  return {
    shared: createPurgeStream(redis),
    isReadByAll: true,
    isThere: () => redis.arrival(arrivalMs),
    self,
    follow(look) {
      const about = { url: self, roles: config.roles, version, started: now() }
      const members = joinMembers({ redis, self: about, everyMs: lookEveryMs, beat: look })
      closing.push(() => members.close())
      return members
    },
  }
}

function looking({ closing }: Assembly, shared: SharedLog): SharedLogPlace {
  return {
    shared,
    isReadByAll: false,
    isThere: async () => true,
    follow(look) {
      const timer = setInterval(look, lookEveryMs).unref()
      closing.push(async () => clearInterval(timer))
      return undefined
    },
  }
}
