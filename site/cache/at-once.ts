// What can be said of stored answers without asking anybody.
import { requestDirectives } from '../../http/request-directives.ts'
import { latest, type Purged } from '../../purging/index.ts'
import { heldBody, type SiteBody } from './body.ts'
import type { SiteCache } from './contract.ts'
import { decide, type Moment } from './decide.ts'
import { isHeldWhole, type SiteEntry } from './entry.ts'
import { createReadies } from './ready.ts'
import { isConditionedOnPresent } from './request.ts'
import { type SiteAnswer, select, verdictOn, type Whole } from './respond.ts'
import type { Variants } from './variants.ts'

type Asked = Parameters<SiteCache['answerNow']>[0]
type Place = Pick<Asked, 'site' | 'path'>

export interface AtOnceOptions {
  readonly variants: Variants
  readonly now: () => number
  readonly purgedSince: (asked: Place, entry: SiteEntry) => Purged
  readonly whole: (asked: Place, entry: SiteEntry, body: SiteBody) => Whole
  readonly bodyOf: (entry: SiteEntry) => SiteBody
  readonly hit: (answer: SiteAnswer) => SiteAnswer
}

export function createAtOnce(
  options: AtOnceOptions,
): Pick<SiteCache, 'answerNow' | 'readyNow' | 'seen' | 'seenNow'> {
  const { variants, now, purgedSince, whole, bodyOf, hit } = options
  const readies = createReadies()
  const momentOf = (asked: Place, entry: SiteEntry): Moment => ({
    now: now(),
    purged: purgedSince(asked, entry),
  })

  const shown = (asked: Place, entry: SiteEntry | undefined) => {
    if (entry === undefined || entry.epoch < latest(purgedSince(asked, entry))) return undefined
    const { id, status, headers } = entry
    return { id, status, headers, body: bodyOf(entry) }
  }

  return {
    answerNow(asked) {
      if (asked.method !== 'GET' && asked.method !== 'HEAD') return undefined
      const found = variants.findNow(asked.address, asked.headers)
      const entry = found?.entry
      if (entry === undefined || !isHeldWhole(entry)) return undefined
      const said = requestDirectives(asked.headers)
      if (said.noStore || isConditionedOnPresent(asked)) return undefined
      if (decide(entry, said, momentOf(asked, entry)) !== 'use') return undefined
      const all = whole(asked, entry, heldBody(entry.body))
      return hit(select(all, verdictOn(all, asked.headers)))
    },
    readyNow(asked) {
      const entry = variants.findNow(asked.address, asked.headers)?.entry
      if (entry === undefined || !isHeldWhole(entry) || now() >= entry.freshUntil) return undefined
      const moment = momentOf(asked, entry)
      if (entry.epoch < latest(moment.purged)) return undefined
      return readies.of(entry, moment)
    },
    seenNow: (asked) => shown(asked, variants.findNow(asked.address, asked.headers)?.entry),
    async seen(asked) {
      const { entry } = await variants.find(asked.address, asked.headers)
      return shown(asked, entry)
    },
  }
}
