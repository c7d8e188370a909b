// Entity tags of pictures that were made of a site's: each names the version of the original and that of the picture, so
// that no two representations of one address have the same (RFC 9110 8.8.3). Pure.
import { createHash } from 'node:crypto'
import type { Headers } from '../../tier.ts'

const ours = /"ht-[\w-]{12}-[\w-]{22}"/

/** `version`: of the original's bytes. `etag`: that of the picture, as the tiers told it. */
export const tagOf = (version: string, etag: string): string =>
  `"ht-${version.slice(0, 12)}-${createHash('sha256').update(etag).digest('base64url').slice(0, 22)}"`

/** Whether the client's condition is about a picture that was made here: its origin would not know what is meant. */
export const namesOurs = ({ 'if-none-match': tags = '', 'if-range': tag = '' }: Headers): boolean =>
  ours.test(tags) || ours.test(tag)
