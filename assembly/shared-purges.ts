// How this process follows the log of purges that all members share over Redis, and tells them that it is there.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Members } from '../cluster/members.ts'
import { createFollower, type Follower, type PurgeLog } from '../purging/index.ts'
import type { Assembly } from './context.ts'
import { selfOf } from './self.ts'

export interface Following {
  readonly follower: Follower
  readonly members: Members
  /** The address of this process. */
  readonly self: string
}

interface Followed {
  readonly log: PurgeLog
  /** Whether entries outlive the process. */
  readonly keepsEntries: boolean
}

/** How long a start waits for Redis. Without it nobody knows what was purged while this process was away. */
const arrivalMs = 3000
/** How often the log is looked at, for what nobody delivered. */
const lookEveryMs = 5000

const everything = { target: { kind: 'everything' }, isSoft: false } as const

/** Resolves when what was missed is applied, so that nothing is served before. Undefined without Redis. */
export async function followSharedLog(
  assembly: Assembly,
  { log, keepsEntries }: Followed,
): Promise<Following | undefined> {
  const { config, redis, log: lines, closing, faults, version, now = Date.now } = assembly
  if (!redis) return undefined
  const [{ createPurgeStream }, { joinMembers }] = await Promise.all([
    import('../cluster/purge-stream.ts'),
    import('../cluster/members.ts'),
  ])
  const file = join(config.dataDir, 'purges.place')
  const follower = createFollower({
    shared: createPurgeStream(redis),
    local: log,
    known: keepsEntries ? await readFile(file, 'utf8').catch(() => undefined) : undefined,
    mayHaveEntries: keepsEntries,
    remember: async (place) => (keepsEntries ? write(file, place) : undefined),
  })
  const isThere = await redis.arrival(arrivalMs)
  const isRead =
    isThere &&
    (await follower.catchUp().then(
      () => true,
      () => false,
    ))
  if (!isRead && keepsEntries) {
    lines.warn('what was purged meanwhile is not known without Redis: this process begins with empty caches')
    await log.append([everything])
  }
  follower.begin()
  let isBehind = false
  const catchUp = () =>
    follower.catchUp().then(
      () => {
        isBehind = false
      },
      (err: unknown) => lines.warn({ err }, 'the log of purges could not be read'),
    )
  redis.watch((state) => {
    // Before the beat that reads the log.
    isBehind = state === 'here'
  })
  faults.push(() => (isBehind ? 'purges that were missed are being read' : undefined))
  const self = selfOf(config)
  const members = joinMembers({
    redis,
    self: { url: self, roles: config.roles, version, started: now() },
    everyMs: lookEveryMs,
    beat: () => void catchUp(),
  })
  closing.push(() => members.close())
  return { follower, members, self }
}

/** Whole or not at all: a place that is cut off would be no place. Lost with the power it costs a second reading. */
async function write(file: string, place: string): Promise<void> {
  await writeFile(`${file}.new`, place)
  await rename(`${file}.new`, file)
}
