// Takes a thumbor address apart: segments in a fixed order, each of which may be absent, and then the source.
import { Failure } from '../../../errors.ts'
import type { Said } from '../shared/words.ts'

export interface ThumborPath {
  /** 'unsafe', or the signature with its `=` decoded. */
  readonly security: string
  /** Everything behind it, as it was signed. */
  readonly signed: string
  readonly trim?: string | undefined
  readonly crop?: readonly [left: string, top: string, right: string, bottom: string] | undefined
  readonly fitIn?: string | undefined
  readonly size?: Size | undefined
  readonly across?: string | undefined
  readonly down?: string | undefined
  readonly isSmart: boolean
  /** `debug` and `meta`. */
  readonly modes: readonly string[]
  readonly filters: Said
  /** As written. */
  readonly source: string
}

export interface Size {
  readonly width: string
  readonly height: string
  readonly isMirrored: boolean
  readonly isUpended: boolean
}

const maxPath = 4096
const maxFilters = 50

export function readPath(rawPath: string): ThumborPath {
  if (rawPath.length > maxPath) throw bad(`The path is longer than ${maxPath} characters`)
  const [, security, signed = ''] = /^\/([^/]+)\/(.*)$/s.exec(rawPath) ?? []
  if (security === undefined) throw bad('Expected unsafe or a signature, a slash, and a source')
  let rest = signed
  /** The next segment, where it is of this form; otherwise it is left for what follows. */
  const take = (form: RegExp): RegExpExecArray | undefined => {
    const [segment = ''] = rest.split('/', 1)
    const found = form.exec(segment) ?? undefined
    if (found && rest.length > segment.length) rest = rest.slice(segment.length + 1)
    else return undefined
    return found
  }
  const modes = [take(/^debug$/), take(/^meta$/)].flatMap((found) => (found ? [found[0]] : []))
  const trim = take(/^trim(?::(?:top-left|bottom-right))?(?::\d{1,4})?$/)?.[0]
  const crop = take(
    /^(\d{1,6}(?:\.\d{1,4})?)x(\d{1,6}(?:\.\d{1,4})?):(\d{1,6}(?:\.\d{1,4})?)x(\d{1,6}(?:\.\d{1,4})?)$/,
  )
  const fitIn = take(/^(?:adaptive-)?(?:full-)?fit-in$/)?.[0]
  const stretch = take(/^stretch$/)
  const size = sizeOf(take(/^(-?)(\d{0,6}|orig)x(-?)(\d{0,6}|orig)$/))
  const across = take(/^(?:left|center|right)$/)?.[0]
  const down = take(/^(?:top|middle|bottom)$/)?.[0]
  const isSmart = take(/^smart$/) !== undefined
  const [filters, source] = filtersOf(rest)
  if (source === '') throw bad('The address names no source')
  return {
    ...{
      security: security.replace(/%3d/gi, '='),
      signed,
      modes,
      trim,
      fitIn,
      size,
      across,
      down,
      isSmart,
      source,
    },
    crop: crop && [crop[1] ?? '', crop[2] ?? '', crop[3] ?? '', crop[4] ?? ''],
    filters: stretch ? [['stretch', ''], ...filters] : filters,
  }
}

function sizeOf(found: RegExpExecArray | undefined): Size | undefined {
  if (!found) return undefined
  const [, mirrored = '', width = '', upended = '', height = ''] = found
  return { width, height, isMirrored: mirrored !== '', isUpended: upended !== '' }
}

/** The list ends at the first `)/`, and is cut at `):`. */
function filtersOf(rest: string): readonly [Said, string] {
  const text = rest.replace(/^filters%3A/i, 'filters:')
  const end = text.indexOf(')/')
  if (!text.startsWith('filters:') || end < 0) return [[], rest]
  const filters = decode(text.slice('filters:'.length, end)).split('):')
  if (filters.length > maxFilters) throw bad(`The path has more than ${maxFilters} filters`)
  const said = filters.map((filter) => {
    const at = filter.indexOf('(')
    return at < 0
      ? ([filter.trim(), ''] as const)
      : ([filter.slice(0, at).trim(), filter.slice(at + 1).trim()] as const)
  })
  return [said, text.slice(end + 2)]
}

function decode(text: string): string {
  try {
    const plain = decodeURIComponent(text)
    if (plain.isWellFormed()) return plain
  } catch {}
  throw bad('The filters are not percent-encoded UTF-8')
}

const bad = (reason: string): Failure => new Failure('bad-address', reason)
