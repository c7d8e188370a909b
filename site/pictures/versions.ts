// Which bytes a stored answer has: known once they were read, and remembered by the name of the stored version.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type SiteBody, wholeOf } from '../cache/index.ts'
import { isPicture } from './touchable.ts'

export interface Version {
  /** SHA-256 of the bytes, in Base64 for URLs. */
  readonly digest: string
  readonly length: number
}

export interface Versions {
  /** 'none': not a picture that is touched. Undefined: nobody has looked yet. */
  known(id: string): Version | 'none' | undefined
  /** Reads the body to its end, once for all who ask. Rejects when it breaks off. */
  look(id: string, body: SiteBody): Promise<Version | 'none'>
}

/** Some 200 bytes each. */
const mostVersions = 50_000

export function createVersions({ maxBytes }: { readonly maxBytes: number }): Versions {
  const versions = new LRUCache<string, Version | 'none'>({ max: mostVersions })
  const looks = new Map<string, Promise<Version | 'none'>>()

  async function lookAt(body: SiteBody): Promise<Version | 'none'> {
    const bytes = await wholeOf(body, maxBytes)
    if (bytes === undefined || !isPicture(bytes)) return 'none'
    return { digest: createHash('sha256').update(bytes).digest('base64url'), length: bytes.length }
  }

  return {
    known: (id) => versions.get(id),
    look(id, body) {
      const under = looks.get(id)
      if (under) return under
      const look = lookAt(body)
        .then((version) => {
          versions.set(id, version)
          return version
        })
        .finally(() => looks.delete(id))
      looks.set(id, look)
      return look
    },
  }
}
