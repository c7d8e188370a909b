// Bodies that come and are stored on the way: as one piece, in parts, or as parts that join those that are there.
import type { Headers } from '../../tier.ts'
import type { OriginAnswer } from '../exchange.ts'
import type { Asking } from './asking.ts'
import { headersOf, isHeldWhole, type SiteEntry } from './entry.ts'
import { createFill, type Fill, type Filled } from './fill.ts'
import { type EntryHead, strongTag } from './keep.ts'
import { contentRange, joined } from './parts.ts'
import type { StoredHead } from './respond.ts'
import type { SiteStore } from './store.ts'
import type { Variants } from './variants.ts'

/** One request to the origin. */
export interface Trip {
  readonly asking: Asking
  /** Position of the log of purges at its start. */
  readonly epoch: number
  /** How often the address had been changed by then. */
  readonly changes: number
  /** What was stored then. */
  readonly entry?: SiteEntry | undefined
}

export interface IntakeOptions {
  readonly store: SiteStore
  readonly variants: Variants
  readonly newId: () => string
  /** Whether what comes was neither purged nor changed since it was asked for. */
  readonly isCurrent: (trip: Trip, headers: Headers) => boolean
}

export interface Begun {
  readonly fill: Fill
  readonly stored: StoredHead
}

export interface Intake {
  /** Undefined where the body cannot be stored: too long, or too many are on their way. */
  begin(trip: Trip, answer: OriginAnswer, head: EntryHead, length: number | undefined): Begun | undefined
  /** Settles when nothing that has come is still to be stored. */
  idle(): Promise<void>
}

/** Bodies up to here lie beside their headers. */
export const heldBytes = 1024 * 1024

/** Long bodies that are stored at once: each has up to three parts in memory. */
const mostLongFills = 32

export function createIntake({ store, variants, newId, isCurrent }: IntakeOptions): Intake {
  let longFills = 0
  const storing = new Set<Promise<void>>()

  function follow(work: Promise<void>): Promise<void> {
    const done = work.finally(() => storing.delete(done))
    storing.add(done)
    return done
  }

  function begin(
    trip: Trip,
    { status, body, lines, giveBack }: OriginAnswer,
    head: EntryHead,
    length: number | undefined,
  ): Begun | undefined {
    const range = status === 206 ? contentRange(headersOf(lines)['content-range']) : undefined
    const total = range?.total ?? length
    if (status === 206 && range === undefined) return undefined
    if (total !== undefined && total > store.mostBytes) return undefined
    const isLong = length === undefined || length > heldBytes
    if (isLong && longFills >= mostLongFills) return undefined
    if (isLong) longFills++
    const same = range && sameVersion(trip.entry, head, range.total) ? trip.entry : undefined
    const place = { id: same?.id ?? newId(), total: total ?? heldBytes + 1, start: range?.start ?? 0 }
    const fill = createFill({
      source: body,
      start: place.start,
      length: length ?? (range && range.end - range.start + 1),
      heldBytes,
      mostBytes: store.mostBytes,
      putPart: (start, bytes) => store.putPart({ ...place, start }, bytes),
      getPart: (start) => store.part({ ...place, start }),
      giveBack,
    })
    // Whoever is to read it begins at once.
    fill.claim()
    setImmediate(fill.release)
    // A small body is read to its end, also when its reader wants only a part of it.
    if (length !== undefined && !isLong) fill.drain()
    fill.filled
      .then((filled) => follow(storeFilled(trip, { head, id: place.id, range, same }, filled)))
      // It broke off, or nobody wanted it any more: nothing of it is stored, nor takes the room of others.
      .catch(() => {
        if (same === undefined) for (const { start } of fill.parts()) store.removePart({ ...place, start })
      })
      .finally(() => {
        if (isLong) longFills--
      })
    return { fill, stored: { ...head, id: place.id } }
  }

  interface Stored {
    readonly head: EntryHead
    readonly id: string
    readonly range: ReturnType<typeof contentRange>
    readonly same: SiteEntry | undefined
  }

  async function storeFilled(trip: Trip, { head, id, range, same }: Stored, filled: Filled): Promise<void> {
    const { asking } = trip
    if (!isCurrent(trip, head.headers)) return
    const isWhole = range === undefined || (range.start === 0 && range.end === range.total - 1)
    if (range && filled.bytes !== range.end - range.start + 1) return
    if (filled.held && isWhole) {
      const entry = { ...head, key: '', id, body: filled.held, parts: [], total: filled.bytes }
      return variants.put(asking.address, entry, asking.headers)
    }
    const start = range?.start ?? 0
    const total = range?.total ?? filled.bytes
    const parts = filled.held ? [{ start, length: filled.bytes }] : filled.parts
    if (filled.held) await store.putPart({ id, start, total }, filled.held)
    // Another part of it may have come meanwhile.
    const { entry: latestEntry } = same
      ? await variants.find(asking.address, asking.headers)
      : { entry: undefined }
    const before = latestEntry?.id === id ? latestEntry.parts : []
    const entry = { ...head, key: '', id, body: noBody, parts: joined(before, parts), total }
    return variants.put(asking.address, entry, asking.headers)
  }

  return {
    begin,
    async idle() {
      while (storing.size > 0) await Promise.allSettled(storing)
    },
  }
}

const noBody = Buffer.alloc(0)

export function sameVersion(entry: SiteEntry | undefined, head: EntryHead, total: number): boolean {
  const tag = strongTag(head.headers)
  return (
    entry !== undefined &&
    tag !== undefined &&
    tag === strongTag(entry.headers) &&
    total === entry.total &&
    !isHeldWhole(entry)
  )
}
