// What became of an ask, as a closed list: these words label the metrics.

export type Outcome =
  | 'hit'
  | 'stale-while-revalidate'
  | 'stale-if-error'
  /** Nothing was stored; upstream was asked. */
  | 'uri-miss'
  /** What was stored is for other request headers; upstream was asked. */
  | 'vary-miss'
  /** What was stored was stale; upstream sent a new answer. */
  | 'stale'
  /** What was stored was stale; upstream said that it is still right. */
  | 'revalidated'
  /** Shared the answer of a flight that another ask had started. */
  | 'collapsed'
  /** Upstream answered 5xx and nothing could stand in for it. */
  | 'failed'
  | 'abandoned'
  /** Only what is stored was asked for, and nothing was. */
  | 'not-stored'
  /** Beside the outcome of an ask: faults that were survived, with their cause for the log. */
  | 'upstream-threw'
  | 'store-failed'

export type CacheObserver = (outcome: Outcome, cause?: unknown) => void
