// A hold: what a call reserves of its key's quota before it works. At its end the hold is counted as used, or given back.
import { randomUUID } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import type { KeyRecord, Records } from '../../../records/index.ts'
import type { Hold, Quotas } from './accounts.ts'

type QuotaRecords = Pick<Records, 'reservations' | 'usage'>

interface HoldsOptions {
  readonly records: QuotaRecords
  readonly now: () => number
}

/** The lease of a hold, extended while its call runs: after a process died its holds block the quota for so long. */
const leaseMs = 60_000

export interface Holds {
  reserve(key: KeyRecord, bytes: number): Promise<Hold>
  left(key: KeyRecord): Promise<number>
}

export function createHolds({ records, now }: HoldsOptions): Holds {
  const prolong = createHeart((ids) => records.reservations.extend(ids, now() + leaseMs))

  async function reserve(key: KeyRecord, bytes: number): Promise<Hold> {
    if (!hasQuota(key)) return noHold
    const id = randomUUID()
    const take = (more: number) => takeFor(records, key, { id, bytes: more, expires: now() + leaseMs }, now())
    await take(bytes)
    const most = await leftTo(records, key, now(), id)
    prolong.add(id)
    let isOurs = true
    const settled = () => {
      isOurs = false
      prolong.drop(id)
    }
    return {
      id,
      left: () => most,
      take,
      settle: settled,
      async keep(forMs) {
        await records.reservations.extend([id], now() + forMs)
        settled()
      },
      async release() {
        if (!isOurs) return
        settled()
        await records.reservations.release(id)
      },
    }
  }

  return { reserve, left: (key) => leftTo(records, key, now()) }
}

/** Where there is no quota, or nothing more to be given back. */
export const noHold: Hold = {
  id: undefined,
  left: () => Number.POSITIVE_INFINITY,
  take: async () => {},
  settle: () => {},
  keep: async () => {},
  release: async () => {},
}

/** Bytes that are neither used nor held, but for what `except` holds. */
async function leftTo({ usage, reservations }: QuotaRecords, key: KeyRecord, now: number, except?: string) {
  const { bytes } = key.quotas as Quotas
  if (bytes === undefined) return Number.POSITIVE_INFINITY
  const used = await usage.total({ keyIds: [key.id], from: monthOf(now), to: now })
  const held = await reservations.total(key.id, now, except)
  return Math.max(0, bytes - used.bytesIn - held.bytes)
}

interface HoldRequest {
  readonly id: string
  readonly bytes: number
  /** The end of the lease. */
  readonly expires: number
}

async function takeFor(
  { reservations }: QuotaRecords,
  key: KeyRecord,
  wanted: HoldRequest,
  now: number,
): Promise<void> {
  const quotas = key.quotas as Quotas
  const allowed = { ...quotas, from: monthOf(now) }
  if (!(await reservations.hold({ ...wanted, keyId: key.id, calls: 1 }, allowed, now)))
    throw overQuota(quotas)
}

/** The hold of a call that ended with `keep`, for the worker that goes on with it. Without an id nothing was held. */
export async function resumeHold(
  records: QuotaRecords,
  key: KeyRecord | undefined,
  { id, forMs, now }: { readonly id: string | undefined; readonly forMs: number; readonly now: () => number },
): Promise<Pick<Hold, 'left' | 'take'>> {
  if (id === undefined || !key) return noHold
  const most = await leftTo(records, key, now(), id)
  const take = (bytes: number) => takeFor(records, key, { id, bytes, expires: now() + forMs }, now())
  return { left: () => most, take }
}

const hasQuota = ({ quotas }: KeyRecord): boolean => {
  const { calls, bytes } = quotas as Quotas
  return calls !== undefined || bytes !== undefined
}

/** Beats while there is something to be kept alive. */
function createHeart(beat: (ids: readonly string[]) => Promise<void>) {
  const ids = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  return {
    add(id: string) {
      ids.add(id)
      // A database that does not answer now may do so before the lease ends.
      timer ??= setInterval(() => void beat([...ids]).catch(() => {}), leaseMs / 3).unref()
    },
    drop(id: string) {
      ids.delete(id)
      if (ids.size > 0) return
      clearInterval(timer)
      timer = undefined
    },
  }
}

/** The first moment of the month, UTC. */
export function monthOf(time: number): number {
  const date = new Date(time)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

export function overQuota({ calls, bytes }: Quotas): Failure {
  const allowed = [calls === undefined ? '' : `${calls} calls`, bytes === undefined ? '' : `${bytes} bytes`]
  return new Failure(
    'over-quota',
    `This key has used up what it has for this month, or this call would: ${allowed.filter(Boolean).join(', ')}.`,
  )
}
