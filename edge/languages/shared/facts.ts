// Facts about a picture in the shape that another service's clients expect, from those of the native language (fm=json).
import { type Answer, requireHeld } from '../../../tier.ts'

/** As fm=json tells them; `width` and `height` as a viewer sees them, `stored` before the EXIF orientation. */
export interface NativeFacts {
  readonly format: string
  readonly type: string
  readonly width: number
  readonly height: number
  readonly stored: { readonly width: number; readonly height: number }
  readonly orientation: number
  readonly pages: number
  readonly animated: boolean
  readonly alpha: boolean
  readonly progressive: boolean
  readonly icc: boolean
  readonly space: string
  readonly depth: number
  readonly bytes: number
}

/** The answer with another document. `mark` tells its tag from that of the native one. */
export function reshaped(answer: Answer, mark: string, documentOf: (facts: NativeFacts) => unknown): Answer {
  if (answer.status !== 200) return answer
  const facts: NativeFacts = JSON.parse(requireHeld(answer).body.toString())
  const body = Buffer.from(JSON.stringify(documentOf(facts)))
  const { etag, ...headers } = answer.headers
  // Another body, so another tag.
  const tag = etag === undefined ? {} : { etag: etag.replace(/"$/, `-${mark}"`) }
  return { ...answer, body, headers: { ...headers, ...tag, 'content-length': String(body.length) } }
}
