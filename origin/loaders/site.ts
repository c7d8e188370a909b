// Pictures of web sites that Halftone stands in front of: the bytes that the site's own answer had, named by their digest.
import { createHash } from 'node:crypto'
import { Failure } from '../../errors.ts'
import { assumedFor } from '../caching.ts'
import type { Loader } from '../loader.ts'

export interface SiteLoaderOptions {
  /** The bytes of this digest, where they are at hand. */
  readonly find: (digest: string) => Promise<Buffer | undefined>
  /** What is at the address now; undefined where it is no picture that may be touched. */
  readonly fetch: (url: string, signal: AbortSignal) => Promise<Buffer | undefined>
}

/** Under a digest there are never other bytes. */
const forAYear = assumedFor(31_536_000)

/** Paths are web addresses with the digest behind a '#': SHA-256 in Base64 for URLs. */
export function createSiteLoader({ find, fetch }: SiteLoaderOptions): Loader {
  async function read(url: string, digest: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const bytes = (await find(digest)) ?? (await fetch(url, signal))
    // The site has another picture by now: its digest is asked for by whoever has seen it.
    if (bytes === undefined || digestOf(bytes) !== digest)
      throw new Failure('source-missing', 'The site has no longer the picture that was asked for.')
    return bytes
  }

  return {
    async load(path) {
      const at = path.indexOf('#')
      if (at < 0) throw new Failure('source-missing', 'The picture is named without its digest.')
      const [url, digest] = [path.slice(0, at), path.slice(at + 1)]
      return {
        version: `sha256-${digest}`,
        caching: forAYear,
        read: (signal) => read(url, digest, signal),
      }
    },
  }
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64url')
