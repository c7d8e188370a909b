// Which paths are the API's.
import { reservedPaths } from '../http/reserved-paths.ts'

const { nativeApi, kraken, optidash, uploadcare } = reservedPaths

/** First segments of the API's paths: where no edge stands in front, everything else belongs to the tiers. */
export const apiPaths: ReadonlySet<string> = new Set([...nativeApi, ...kraken, ...optidash, ...uploadcare])

/** Groups stand at the root under their own ids: see faces/uploadcare/group-addresses.ts. */
const group = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}~\d{1,4}$/i

/** By the first segment of a path. */
export const isApiPath = (first: string): boolean => apiPaths.has(first) || group.test(first)
