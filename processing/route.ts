// Chooses the route of an order: straight to the optimiser, or first drawn as lossless pixels. Pure.
import { Failure } from '../errors.ts'
import type { Facts, OutputFormat } from '../transforms/index.ts'
import type { OptimiseRequest } from '../transforms/optimise/request.ts'

export interface Route {
  /** The lossless format of the drawn pixels; absent where the optimiser gets the source itself. */
  readonly through?: OutputFormat
  readonly request: OptimiseRequest
  /** The smallest format is to be found for pixels of a photograph, which were coded with loss before. */
  readonly seeks?: boolean
  /** A sentence for the report. */
  readonly note?: string
}

/** Fails with 'bad-option' or 'source-unsupported' where the request cannot be met. */
export function chooseRoute(facts: Facts, edit: string, request: OptimiseRequest): Route {
  const { format = 'same' } = request
  const target = format === 'same' ? facts.format : format
  if (edit === '' && !needsPixels(facts, target)) return routeStraight(facts, request, target)
  const to = target === 'auto' && facts.animated ? facts.format : target
  refuseImpossible(facts, to)
  const through = pickIntermediate(facts, to)
  const { request: softened, note } = soften(request, to)
  return {
    through,
    request: { ...softened, format: to === through ? 'same' : (to as OptimiseRequest['format'] & string) },
    seeks: to === 'auto' && request.mode !== 'lossless' && photographs.includes(facts.format),
    ...(note !== undefined && { note }),
  }
}

/** Mostly of photographs, and coded with loss. */
const photographs: readonly Facts['format'][] = ['jpeg', 'avif', 'raw', 'heic', 'jxl', 'jp2', 'mp4', 'webm']

type Target = Facts['format'] | 'auto'

/** The optimiser itself makes JPEG, WebP and AVIF of what it reads, and no other format of another. */
function needsPixels({ format }: Facts, target: Target): boolean {
  if (target === format) return onlyRead.includes(format)
  return (
    onlyRead.includes(format) ||
    target === 'png' ||
    target === 'gif' ||
    (format === 'svg' && target !== 'auto')
  )
}

/** Formats that are read and never written. */
const onlyRead: readonly Target[] = [
  ...(['tiff', 'bmp', 'ico', 'psd', 'raw', 'heic', 'jxl', 'jp2'] as const),
  ...(['pdf', 'mp4', 'webm'] as const),
]

/** Of what is no picture, what is drawn of it. */
const drawnOf: Readonly<Partial<Record<Target, string>>> = {
  pdf: 'a PDF document its first page',
  mp4: 'a film its first picture',
  webm: 'a film its first picture',
}

function routeStraight(facts: Facts, request: OptimiseRequest, target: Target): Route {
  if (target !== facts.format) return soften(request, target)
  return { request: request.format === target ? dropCodingOptions(request) : request }
}

/**
 * The request for a picture that already is what the edit or format asks for. It keeps its pixels, so options for the coding
 * of new pixels are dropped.
 */
export function dropCodingOptions({ chroma, progressive, ...request }: OptimiseRequest): OptimiseRequest {
  const form = { ...(chroma && { chroma }), ...(progressive !== undefined && { progressive }) }
  return request.mode === 'lossless' ? request : { ...request, ...form }
}

const withoutLossless: readonly Target[] = ['jpeg', 'avif']

/** JPEG and our AVIF cannot hold new pixels without loss, so lossless mode becomes the level max. */
function soften(request: OptimiseRequest, target: Target): Pick<Route, 'request' | 'note'> {
  if (request.mode !== 'lossless' || !withoutLossless.includes(target)) return { request }
  const note = `new pixels in ${target.toUpperCase()} always lose something, so lossless mode became the level max`
  return { request: { ...request, mode: 'lossy', level: 'max' }, note }
}

/** All frames of these are read, and the first two are written. */
const moving: readonly Target[] = ['gif', 'webp', 'png', 'avif']
const written: readonly Target[] = ['gif', 'webp']

function refuseImpossible({ format, animated }: Facts, target: Target): void {
  const name = format.toUpperCase()
  const expected = 'auto, jpeg, png, gif, webp or avif'
  if (format === 'svg' && (target === 'svg' || target === 'auto'))
    throw new Failure('bad-option', 'An SVG is edited only on its way to another format: name one.', {
      option: 'format',
      expected: 'jpeg, png, gif, webp or avif',
    })
  if (onlyRead.includes(target)) {
    const drawn = drawnOf[target]
    const why = drawn ? `Of ${drawn} can be made a picture` : `A picture in ${name} cannot be written`
    throw new Failure('source-unsupported', `${why}: name a format for it.`, { option: 'format', expected })
  }
  if (!animated) return
  if (!moving.includes(format))
    throw new Failure('bad-option', `It moves, and an animated ${name} cannot be edited or converted.`, {
      option: 'edit',
    })
  if (!written.includes(target))
    throw new Failure('bad-option', `It moves, and ${target.toUpperCase()} does not.`, {
      option: 'format',
      expected: 'gif or webp',
    })
}

function pickIntermediate({ animated }: Facts, target: Target): OutputFormat {
  if (target === 'gif') return 'gif'
  return animated ? 'webp' : 'png'
}
