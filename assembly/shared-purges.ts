// How this process follows the log of purges that all members share.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Members } from '../cluster/members.ts'
import { createFollower, type Follower, type PurgeLog, type SharedLog } from '../purging/index.ts'
import type { Records } from '../records/index.ts'
import type { Assembly } from './context.ts'
import { sharedLogPlace } from './shared-log-places.ts'

export interface Following {
  readonly follower: Follower
  readonly shared: SharedLog
  /** Who else is there, where the members tell. */
  readonly members: Members | undefined
  /** Whether a member that does not answer now reads the log before it serves again. */
  readonly isReadByAll: boolean
  /** The address of this process, where others know it. */
  readonly self: string | undefined
}

interface Followed {
  readonly log: PurgeLog
  /** Whether entries outlive the process. */
  readonly keepsEntries: boolean
  /** Of an api process. */
  readonly records: Records | undefined
}

const everything = { target: { kind: 'everything' }, isSoft: false } as const

/** Resolves when what was missed is applied, so that nothing is served before. Undefined where nothing is shared. */
export async function followSharedLog(
  assembly: Assembly,
  { log, keepsEntries, records }: Followed,
): Promise<Following | undefined> {
  const { config, log: lines } = assembly
  const place = await sharedLogPlace(assembly, records)
  if (!place) return undefined
  const { shared, isReadByAll, self } = place
  const file = join(config.dataDir, 'purges.place')
  const follower = createFollower({
    shared,
    local: log,
    known: keepsEntries ? await readFile(file, 'utf8').catch(() => undefined) : undefined,
    mayHaveEntries: keepsEntries,
    remember: async (known) => (keepsEntries ? write(file, known) : undefined),
  })
  const isRead = (await place.isThere()) && (await read(follower))
  if (!isRead && keepsEntries) {
    lines.warn('what was purged meanwhile cannot be read: this process begins with empty caches')
    await log.append([everything])
  }
  follower.begin()
  const members = place.follow(keepReading(assembly, follower))
  return { follower, shared, members, isReadByAll, self }
}

const read = (follower: Follower): Promise<boolean> =>
  follower.catchUp().then(
    () => true,
    () => false,
  )

/** Not ready while Redis is back and the log has not been read. */
function keepReading({ redis, faults, log }: Assembly, follower: Follower): () => void {
  let isBehind = false
  redis?.watch((state) => {
    isBehind = state === 'here'
  })
  faults.push(() => (isBehind ? 'purges that were missed are being read' : undefined))
  return () => {
    follower.catchUp().then(
      () => {
        isBehind = false
      },
      (err: unknown) => log.debug({ err }, 'the log of purges could not be read'),
    )
  }
}

/** Whole or not at all: a place that is cut off would be no place. Lost with the power it costs a second reading. */
async function write(file: string, place: string): Promise<void> {
  await writeFile(`${file}.new`, place)
  await rename(`${file}.new`, file)
}
