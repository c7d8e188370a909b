// What the edge knows of a source; it never learns where the pictures are.
import type { Signing } from './signature.ts'

export interface EdgeSource {
  readonly signing: Signing
  /** Options every picture of the source starts from, as a query; the URL's own win. */
  readonly defaults: string
  /** Its pictures are files, found by name: all spellings of a name are one picture. Elsewhere the path goes on as written. */
  readonly isNamed?: boolean
  /** Its pictures are whole web addresses. */
  readonly isWeb?: boolean
  /** Picture shown in place of one that cannot be made, as /source/path. */
  readonly fallback?: string
}
