// Which bytes a stored answer has: known once they were read, and remembered by the name of the stored version.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type SiteBody, wholeOf } from '../cache/index.ts'
import type { Turn } from '../turns.ts'
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

export interface VersionsOptions {
  readonly maxBytes: number
  /** Each slice of an original is worked on in a turn of its own. */
  readonly turn: Turn
}

/** Two milliseconds of work. */
const sliceBytes = 512 * 1024

/** Some 200 bytes each. */
const mostVersions = 50_000

export function createVersions({ maxBytes, turn }: VersionsOptions): Versions {
  const versions = new LRUCache<string, Version | 'none'>({ max: mostVersions })
  const looks = new Map<string, Promise<Version | 'none'>>()

  async function lookAt(body: SiteBody): Promise<Version | 'none'> {
    const bytes = await wholeOf(body, maxBytes)
    if (bytes === undefined || !isPicture(bytes)) return 'none'
    return { digest: await digestOf(bytes, turn), length: bytes.length }
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

async function digestOf(bytes: Buffer, turn: Turn): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    if (at > 0) await turn()
    hash.update(bytes.subarray(at, at + sliceBytes))
  }
  return hash.digest('base64url')
}
