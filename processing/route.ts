// Which way an order goes: straight through the optimiser, or first drawn as pixels without loss. Pure.
import { Failure } from '../errors.ts'
import type { Facts, OutputFormat } from '../transforms/index.ts'
import type { OptimiseRequest } from '../transforms/optimise/request.ts'

export interface Route {
  /** How the pixels are kept on the way; absent where the optimiser gets the source itself. */
  readonly through?: OutputFormat
  readonly request: OptimiseRequest
  /** A format is to be found for pixels that were coded with loss before. */
  readonly seeks?: boolean
  /** What the report says about it. */
  readonly note?: string
}

/** Fails with 'bad-option' or 'source-unsupported' for what cannot be. */
export function routeOf(facts: Facts, edit: string, request: OptimiseRequest): Route {
  const { format = 'same' } = request
  const target = format === 'same' ? facts.format : format
  if (edit === '' && !needsPixels(facts, target)) return straight(facts, request, target)
  const to = target === 'auto' && facts.animated ? facts.format : target
  refuseImpossible(facts, to)
  const through = intermediateFor(facts, to)
  const { request: softened, note } = soften(request, to)
  return {
    through,
    request: { ...softened, format: to === through ? 'same' : (to as OptimiseRequest['format'] & string) },
    seeks:
      to === 'auto' && request.mode !== 'lossless' && (facts.format === 'jpeg' || facts.format === 'avif'),
    ...(note !== undefined && { note }),
  }
}

type Target = Facts['format'] | 'auto'

/** The optimiser itself makes JPEG, WebP and AVIF of what it reads, and no other format of another. */
function needsPixels({ format }: Facts, target: Target): boolean {
  if (target === format) return false
  return (
    onlyRead.includes(format) ||
    target === 'png' ||
    target === 'gif' ||
    (format === 'svg' && target !== 'auto')
  )
}

/** Formats that are read and never written. */
const onlyRead: readonly Target[] = ['tiff', 'bmp', 'ico']

function straight(facts: Facts, request: OptimiseRequest, target: Target): Route {
  if (target !== facts.format) return soften(request, target)
  return { request: request.format === target ? untouched(request) : request }
}

/**
 * For a picture that turned out to be what was asked for already, an edit or a format: how its new pixels were to be
 * coded says nothing about those it keeps.
 */
export function untouched({ chroma, progressive, ...request }: OptimiseRequest): OptimiseRequest {
  const form = { ...(chroma && { chroma }), ...(progressive !== undefined && { progressive }) }
  return request.mode === 'lossless' ? request : { ...request, ...form }
}

const withoutLossless: readonly Target[] = ['jpeg', 'avif']

/** Neither JPEG nor our AVIF can hold new pixels without loss: they get the best that a person can tell apart. */
function soften(request: OptimiseRequest, target: Target): Pick<Route, 'request' | 'note'> {
  if (request.mode !== 'lossless' || !withoutLossless.includes(target)) return { request }
  const note = `new pixels in ${target.toUpperCase()} always lose something, so lossless mode became the level max`
  return { request: { ...request, mode: 'lossy', level: 'max' }, note }
}

const moving: readonly Target[] = ['gif', 'webp']

function refuseImpossible({ format, animated }: Facts, target: Target): void {
  const name = format.toUpperCase()
  const expected = 'jpeg, png, gif, webp or avif'
  if (format === 'svg' && (target === 'svg' || target === 'auto'))
    throw new Failure('bad-option', 'An SVG is edited only on its way to another format: name one.', {
      option: 'format',
      expected,
    })
  if (onlyRead.includes(target))
    throw new Failure('source-unsupported', `A picture in ${name} cannot be written: name another format.`)
  if (!animated) return
  if (!moving.includes(format))
    throw new Failure('bad-option', `It moves, and an animated ${name} cannot be edited or converted.`, {
      option: 'edit',
    })
  if (!moving.includes(target))
    throw new Failure('bad-option', `It moves, and ${target.toUpperCase()} does not.`, {
      option: 'format',
      expected: 'gif or webp',
    })
}

function intermediateFor({ animated }: Facts, target: Target): OutputFormat {
  if (target === 'gif') return 'gif'
  return animated ? 'webp' : 'png'
}
