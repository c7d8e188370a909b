// The facts about a file in Uploadcare's shape (/-/json/), from those of the native language.
import { type Answer, requireHeld } from '../../../tier.ts'

interface Facts {
  readonly format: string
  readonly stored: { readonly width: number; readonly height: number }
  readonly orientation: number
  readonly animated: boolean
  readonly alpha: boolean
  readonly space: string
}

/** A fact that the header does not tell is null, as Uploadcare has it for a file without that fact. */
export function uploadcareFacts(answer: Answer, id: string): Answer {
  if (answer.status !== 200) return answer
  const facts: Facts = JSON.parse(requireHeld(answer).body.toString())
  const document = {
    id,
    dpi: null,
    ...facts.stored,
    format: facts.format.toUpperCase(),
    sequence: facts.animated,
    color_mode: colourMode(facts),
    orientation: facts.orientation > 1 ? facts.orientation : null,
    geo_location: null,
    datetime_original: null,
    hash: null,
    blurhash: null,
  }
  const body = Buffer.from(JSON.stringify(document))
  const { etag, ...headers } = answer.headers
  // Another body, so another tag.
  const tag = etag === undefined ? {} : { etag: etag.replace(/"$/, '-u"') }
  return { ...answer, body, headers: { ...headers, ...tag, 'content-length': String(body.length) } }
}

function colourMode({ space, alpha }: Facts): string {
  if (space === 'gray') return alpha ? 'LA' : 'L'
  if (space === 'palette') return 'P'
  if (space === 'cmyk') return 'CMYK'
  return alpha ? 'RGBA' : 'RGB'
}
