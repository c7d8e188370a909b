// A shared HTTP cache in front of the origins of sites (RFC 9111): what is stored is sent, what is not is asked for, and
// what comes is stored while it is sent.

import { ageSeconds, ttlSeconds } from '../../cache/use.ts'
import { Failure } from '../../errors.ts'
import type { ForwardReason } from '../../http/cache-status.ts'
import { isSafe } from '../../http/invalidation.ts'
import { requestDirectives } from '../../http/request-directives.ts'
import { latest, neverPurged, type Purged } from '../../purging/index.ts'
import type { Asking } from './asking.ts'
import { createAtOnce } from './at-once.ts'
import { createBackground } from './background.ts'
import { type FirstPart, heldBody, type SiteBody, storedBody } from './body.ts'
import { createChanges } from './changes.ts'
import type { SiteCache, SiteCacheOptions } from './contract.ts'
import { decide } from './decide.ts'
import { createEffects } from './effects.ts'
import { isHeldWhole, type SiteEntry } from './entry.ts'
import { createFlights } from './flights.ts'
import { createForward, type Landing } from './forward.ts'
import { strongTag } from './keep.ts'
import { lacks, rangeOf } from './missing.ts'
import type { Outcome } from './outcome.ts'
import { holeIn, partAt } from './parts.ts'
import { isConditionedOnPresent, mayCollapse, reasonFor } from './request.ts'
import { type SiteAnswer, select, told, verdictOn, type Whole } from './respond.ts'
import { headersIn, hold, isFor, lastsOf, mayBeShared } from './sharing.ts'
import { subjectOf } from './subject.ts'
import { createVariants } from './variants.ts'

export { type Asking, type How, unconditional } from './asking.ts'
export { type SiteBody, wholeOf } from './body.ts'
export type { Seen, SiteCache, SiteCacheOptions } from './contract.ts'
export type { Outcome } from './outcome.ts'
export type { Ready } from './ready.ts'
export type { SiteAnswer, StoredHead } from './respond.ts'
export { createSiteStore, type SiteStore } from './store.ts'
export { siteKey } from './subject.ts'

/** Another one's answer may turn out not to be for us: then we have waited for nothing. */
const patienceMs = 3000

type Asked = Pick<Asking, 'site' | 'path'>

export function createSiteCache(options: SiteCacheOptions): SiteCache {
  const { store, epochs, now = Date.now, observe = () => {}, failed = () => {} } = options
  const { announce = async () => {} } = options
  const own = `${now().toString(36)}${Math.random().toString(36).slice(2, 10)}`
  let made = 0
  const newId = (): string => `${own}-${(made++).toString(36)}`
  const variants = createVariants(store, newId)
  const changes = createChanges()
  const purgedAs = ({ site, path }: Asked, headers?: SiteEntry['headers']): Purged =>
    epochs.position === 0 ? neverPurged : epochs.of(subjectOf(site, path, headers))
  const purgedSince = (asked: Asked, entry: SiteEntry): Purged =>
    entry.epoch >= epochs.position ? neverPurged : purgedAs(asked, entry.headers)
  const forward = createForward({
    ...{ store, variants, now, newId, purgedAs, failed },
    position: () => epochs.position,
    changesOf: ({ address }) => changes.of(address),
  })
  const flights = createFlights<Landing>({ patienceMs, lasts: lastsOf })
  const background = createBackground(now)
  const effects = createEffects({
    ...{ variants, now, observe, announce },
    position: () => epochs.position,
    changed: (address) => {
      changes.note(address)
      flights.forget(flightOf(address))
    },
  })
  const momentOf = (asked: Asked, entry: SiteEntry) => ({ now: now(), purged: purgedSince(asked, entry) })

  async function answer(asking: Asking): Promise<SiteAnswer> {
    if (asking.method !== 'GET' && asking.method !== 'HEAD') return effects.changed(asking, 'method')
    const said = requestDirectives(asking.headers)
    if (said.noStore || isConditionedOnPresent(asking)) return effects.passed(asking, 'request')
    const found =
      variants.findNow(asking.address, asking.headers) ??
      (await variants.find(asking.address, asking.headers))
    const { entry } = found
    const decision = entry ? decide(entry, said, momentOf(asking, entry)) : 'miss'
    if (entry && (decision === 'use' || decision === 'use-and-revalidate')) {
      if (decision === 'use-and-revalidate') revalidate(asking, entry)
      return stored(asking, entry, decision === 'use' ? 'hit' : 'stale-while-revalidate')
    }
    if (said.onlyIfCached)
      throw new Failure('not-stored', 'Only a stored answer was asked for, and there is none.')
    if (asking.method === 'HEAD') return effects.headed(asking, decision === 'revalidate' ? entry : undefined)
    const usable = decision === 'revalidate' ? entry : undefined
    if (usable && background.isHeld(asking.site) && standsIn(asking, usable))
      return stored(asking, usable, 'stale-if-error')
    return fetched(asking, usable, reasonFor(found, decision === 'revalidate' ? entry : undefined, now()))
  }

  /** Nobody joins a flight that began before a purge. */
  function flightOf(address: string): string {
    return `${address} ${epochs.position}`
  }

  function whole(asked: Asked, entry: SiteEntry, body: SiteBody, detail?: string): Whole {
    const moment = momentOf(asked, entry)
    const status = { ttl: ttlSeconds(entry, moment), ...(detail === undefined ? {} : { detail }) }
    return told({ ...entry, body, stored: entry }, status, ageSeconds(entry, moment))
  }

  const bodyOf = (entry: SiteEntry, first?: FirstPart): SiteBody =>
    isHeldWhole(entry)
      ? heldBody(entry.body)
      : storedBody({ store, entry, first, lost: () => variants.remove(entry) })

  /** From the store, as far as it goes; missing parts of it are asked for. */
  async function stored(asking: Asking, entry: SiteEntry, outcome: Outcome): Promise<SiteAnswer> {
    const detail = outcome === 'stale-if-error' ? outcome : undefined
    const all = whole(asking, entry, bodyOf(entry), detail)
    const verdict = verdictOn(all, asking.headers)
    if (
      (verdict.kind !== 'whole' && verdict.kind !== 'partial') ||
      isHeldWhole(entry) ||
      asking.method === 'HEAD'
    )
      return hit(select(all, verdict), outcome)
    const range = rangeOf(entry, verdict)
    const hole = holeIn(entry.parts, range)
    const first = hole === undefined ? await firstPart(entry, range.start) : undefined
    if (first) return hit(select({ ...all, body: bodyOf(entry, first) }, verdict), outcome)
    if (requestDirectives(asking.headers).onlyIfCached)
      throw new Failure('not-stored', 'Only a stored answer was asked for, and not all of it is there.')
    if (hole === undefined || strongTag(entry.headers) === undefined)
      return fetched(asking, undefined, 'partial')
    const completed = await forward.complete(asking, entry, hole)
    if ('kind' in completed) return landed(asking, completed, { fwd: 'partial', collapsed: false })
    observe('partial')
    const joined = told(
      { ...entry, body: completed, stored: entry },
      { fwd: 'partial', fwdStatus: 206, stored: true },
    )
    return select(joined, verdict)
  }

  function hit(answer: SiteAnswer, outcome: Outcome): SiteAnswer {
    observe(outcome)
    return answer
  }

  /** The first part that is needed; it may have been forgotten to make room. */
  async function firstPart(entry: SiteEntry, at: number): Promise<FirstPart | undefined> {
    const { id, total } = entry
    const part = partAt(entry.parts, at)
    const bytes = part && (await store.part({ id, total, start: part.start }))
    if (bytes === undefined) variants.remove(entry)
    return part && bytes && { start: part.start, bytes }
  }

  function standsIn(asking: Asking, entry: SiteEntry): boolean {
    const { staleIfErrorUntil, mustRevalidate } = entry
    return !mustRevalidate && now() < staleIfErrorUntil && entry.epoch >= purgedSince(asking, entry).hard
  }

  function revalidate(asking: Asking, entry: SiteEntry): void {
    background.run(`${asking.address} ${entry.key}`, asking.site, async (signal) => {
      const landing = await forward.fetch(asking, signal, entry, true)
      if (landing.kind !== 'arrived') return
      if (landing.fill === undefined) landing.body.discard?.()
      else {
        landing.fill.drain()
        await landing.fill.filled
      }
    })
  }

  async function fetched(
    asking: Asking,
    entry: SiteEntry | undefined,
    fwd: ForwardReason,
  ): Promise<SiteAnswer> {
    const start = (signal: AbortSignal): Promise<Landing> => forward.fetch(asking, signal, entry)
    const flight = flightOf(asking.address)
    const alone = async (): Promise<SiteAnswer> =>
      landed(asking, await start(asking.signal), { fwd, collapsed: false })
    if (!mayCollapse(asking, entry) || changes.isForOne(asking.address)) return alone()
    const joined = await flights.join(flight, asking.signal, start)
    if (joined === undefined) return alone()
    const { value, collapsed } = joined
    if (!collapsed && !mayBeShared(value)) changes.noteForOne(asking.address)
    const mine = (): boolean => isFor(value, asking, latest(purgedAs(asking, headersIn(value))))
    if (collapsed && !(mayBeShared(value) && mine() && hold(value))) return alone()
    return landed(asking, value, { fwd, collapsed })
  }

  interface Way {
    readonly fwd: ForwardReason
    readonly collapsed: boolean
  }

  function landed(
    asking: Asking,
    landing: Landing,
    { fwd, collapsed }: Way,
  ): SiteAnswer | Promise<SiteAnswer> {
    if (landing.kind === 'stale') {
      background.hold(asking.site)
      return stored(asking, landing.entry, 'stale-if-error')
    }
    observe(collapsed ? 'collapsed' : landing.kind === 'validated' ? 'revalidated' : fwd)
    if (landing.kind === 'validated') {
      const { entry, cookies } = landing
      const age = ageSeconds(entry, momentOf(asking, entry))
      const lines = [...entry.lines, ...cookies]
      const all = told(
        { ...entry, lines, body: bodyOf(entry), stored: entry },
        { fwd: 'stale', fwdStatus: 304, collapsed },
        age,
      )
      const verdict = verdictOn(all, asking.headers)
      // Confirmed is not the same as whole: of a large one only a part may have been stored.
      const mustAsk = asking.method !== 'HEAD' && lacks(entry, verdict)
      return mustAsk ? stored(asking, entry, 'hit') : select(all, verdict)
    }
    const { fill, status } = landing
    const all = told(landing, { fwd, stored: fill !== undefined, collapsed })
    const verdict = status === 200 ? verdictOn(all, asking.headers) : ({ kind: 'whole' } as const)
    const isLeft = verdict.kind === 'partial' && fill === undefined
    const chosen = select(all, isLeft ? { kind: 'whole' } : verdict)
    return fill || collapsed ? chosen : { ...chosen, trailers: landing.trailers }
  }

  return {
    answer,
    pass: (asking) => effects.changed(asking, isSafe(asking.method) ? 'bypass' : 'method'),
    ...createAtOnce({
      ...{ variants, now, purgedSince, whole, bodyOf },
      hit: (answer) => hit(answer, 'hit'),
    }),
    async idle() {
      await background.idle()
      await forward.idle()
      await store.idle()
    },
  }
}
