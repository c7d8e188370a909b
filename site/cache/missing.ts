// What an answer needs of an entry, and whether all of that is stored. Pure.
import type { Verdict } from '../../http/conditional.ts'
import type { ByteRange } from '../../tier.ts'
import { isHeldWhole, type SiteEntry } from './entry.ts'
import { holeIn } from './parts.ts'

/** The bytes that an answer has: those that were asked for, or all. */
export const rangeOf = ({ total }: SiteEntry, verdict: Verdict): ByteRange =>
  verdict.kind === 'partial' ? verdict : { start: 0, end: total - 1 }

/** Whether some of the bytes of an answer are not stored. */
export const lacks = (entry: SiteEntry, verdict: Verdict): boolean =>
  !isHeldWhole(entry) &&
  (verdict.kind === 'whole' || verdict.kind === 'partial') &&
  holeIn(entry.parts, rangeOf(entry, verdict)) !== undefined
