// The door of purging: what was purged, kept in a log, and compared with what caches hold.
export {
  createEpochs,
  type Epochs,
  latest,
  neverPurged,
  noEpochs,
  type Purged,
  type Subject,
} from './epochs.ts'
export { openFileLog } from './file-log.ts'
export { createFollower, type Follower } from './follower.ts'
export type { PurgeLog } from './log.ts'
export { createMemoryLog } from './memory-log.ts'
export type {
  Acknowledgement,
  Delivery,
  Order,
  PurgeAll,
  PurgeHere,
  PurgeOrder,
  Receipt,
} from './order.ts'
export { type LoggedPurge, type Purge, pictureTarget, purgeIn, surrogateKeys, type Target } from './purge.ts'
export type { Appended, Behind, Place, SharedLog, SharedOrder } from './shared-log.ts'
