// What became of a request of a site, as a closed list: these words label the metrics.
import type { ForwardReason } from '../../http/cache-status.ts'

export type Outcome =
  | 'hit'
  | 'stale-while-revalidate'
  | 'stale-if-error'
  | 'revalidated'
  | 'collapsed'
  /** The cache had nothing to do with it. */
  | 'passed'
  | ForwardReason
