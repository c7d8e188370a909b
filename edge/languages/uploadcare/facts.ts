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
  return told(answer, document, 'u')
}

/** Boxes of the faces in the upright picture. */
export function uploadcareFaces(answer: Answer): Answer {
  if (answer.status !== 200) return answer
  const { faces }: { faces: readonly Face[] } = JSON.parse(requireHeld(answer).body.toString())
  const boxes = faces.map(({ x, y, width, height }) => [x, y, width, height])
  return told(answer, boxes, 'f')
}

/** Each as red, green and blue of 0 to 255. */
export function uploadcareColours(answer: Answer): Answer {
  if (answer.status !== 200) return answer
  const { colors }: { colors: readonly Tone[] } = JSON.parse(requireHeld(answer).body.toString())
  const channels = ({ red, green, blue }: Tone) => [red, green, blue].map((share) => Math.round(share * 255))
  return told(answer, { main_colors: colors.map(channels) }, 'c')
}

interface Face {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Tone {
  readonly red: number
  readonly green: number
  readonly blue: number
}

/** Another body, so another tag. */
function told(answer: Answer, document: unknown, mark: string): Answer {
  const body = Buffer.from(JSON.stringify(document))
  const { etag, ...headers } = answer.headers
  const tag = etag === undefined ? {} : { etag: etag.replace(/"$/, `-${mark}"`) }
  return { ...answer, body, headers: { ...headers, ...tag, 'content-length': String(body.length) } }
}

function colourMode({ space, alpha }: Facts): string {
  if (space === 'gray') return alpha ? 'LA' : 'L'
  if (space === 'palette') return 'P'
  if (space === 'cmyk') return 'CMYK'
  return alpha ? 'RGBA' : 'RGB'
}
