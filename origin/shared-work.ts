// What an origin does once for all members: the download of a source, and the bytes of a file in a bucket.

import type { Share } from '../cluster/share.ts'
import { type Defaults, lifetimes } from '../http/policy.ts'
import { mayShare } from '../http/stored-headers.ts'
import { failureHeader, problemAnswer } from '../problem.ts'
import { type Answer, type Headers, isHeld, type Tier } from '../tier.ts'

export interface SharedDownloadOptions {
  readonly share: Share
  readonly defaults: Defaults
  readonly now: () => number
}

/** The same tier, asked by one member for all that ask the same under the same conditions. */
export function shareDownload(download: Tier, { share, defaults, now }: SharedDownloadOptions): Tier {
  return async (ask) => {
    const { 'if-none-match': tag = '', 'if-modified-since': since = '' } = ask.headers
    try {
      const { answer, heldSeconds } = await share({
        key: `source ${ask.path} ${tag} ${since}`,
        signal: ask.signal,
        fly: () => download(ask),
        keepMs: (answer) => keepMsOf(answer, now(), defaults),
      })
      if (answer === undefined) return download(ask)
      return heldSeconds === undefined ? answer : aged(answer, heldSeconds)
    } catch (thrown) {
      return problemAnswer(thrown)
    }
  }
}

/** As long as it is fresh. What a shared cache may not keep goes to those who wait for it, as in one process. */
function keepMsOf(answer: Answer, now: number, defaults: Defaults): number | undefined {
  if (answer.headers[failureHeader] === 'abandoned') return undefined
  const life = lifetimes(answer, now, defaults)
  if (life.storable) return Math.max(0, life.times.freshUntil - now)
  return mayShare(answer, life.why) ? 0 : undefined
}

/** RFC 9111 5.1: the time at the other member counts. */
const aged = (answer: Answer, seconds: number): Answer => ({
  ...answer,
  headers: { ...answer.headers, age: String(Number(answer.headers.age ?? 0) + seconds) } satisfies Headers,
})

/** Bytes of one version of a file, which never change: read by one member for all. Undefined is passed on. */
export async function shareBytes(
  share: Share,
  version: string,
  { signal, read }: { readonly signal: AbortSignal; read(): Promise<Uint8Array | undefined> },
): Promise<Uint8Array | undefined> {
  const { answer } = await share({
    key: `file ${version}`,
    signal,
    async fly() {
      const bytes = await read()
      return bytes && { status: 200, headers: {}, body: bufferOf(bytes) }
    },
    keepMs: () => Number.POSITIVE_INFINITY,
  })
  return answer && isHeld(answer) ? answer.body : undefined
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
