// What stands behind `halftone optimise`'s options, checked: words and numbers into a request.
import { Failure } from '../errors.ts'
import { optimisedFormats } from '../transforms/formats.ts'
import type { OptimiseRequest } from '../transforms/optimise/index.ts'
import { defaultMode, keepableMetadata, levels } from '../transforms/optimise/request.ts'

/** As commander hands them over. */
export interface WrittenOptions {
  /** As the API takes it where it is not said. */
  readonly mode?: string
  readonly level?: string
  readonly quality?: string
  readonly maxBytes?: string
  readonly format?: string
  readonly keep?: readonly string[]
  readonly budget?: string
}

export const choices = {
  mode: ['lossless', 'lossy', 'quality'],
  level: Object.keys(levels),
  format: ['same', 'auto', ...optimisedFormats],
  keep: [...keepableMetadata],
} as const

export function requestOf(written: WrittenOptions): OptimiseRequest {
  const { level, quality, maxBytes, format, keep, budget } = written
  const mode = written.mode ?? defaultMode(quality)
  if (mode !== 'quality' && quality !== undefined) throw alone('--quality', '--mode quality')
  if (mode !== 'lossy' && level !== undefined) throw alone('--level', '--mode lossy')
  if (mode === 'lossless' && maxBytes !== undefined) throw alone('--max-bytes', '--mode lossy or quality')
  return {
    // commander has checked the words against `choices`.
    ...({
      mode,
      ...(level && { level }),
      ...(format && { format }),
      ...(keep && { keep }),
    } as OptimiseRequest),
    ...(quality !== undefined && { quality: integer('--quality', quality, 100) }),
    ...(maxBytes !== undefined && { maxBytes: bytes(maxBytes) }),
    ...(budget !== undefined && { budgetMs: integer('--budget', budget, 3600) * 1000 }),
  }
}

const alone = (option: string, mode: string): Failure =>
  new Failure('bad-option', `${option} goes with ${mode}.`, { option })

function integer(option: string, written: string, most: number): number {
  const value = Number(written)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new Failure(
    'bad-option',
    `expected an integer from 1 to ${most} for ${option}, received '${written}'`,
  )
}

const units = { '': 1, k: 1000, kb: 1000, kib: 1024, m: 1e6, mb: 1e6, mib: 1024 ** 2 } as const

function bytes(written: string): number {
  const [, digits, unit = ''] = /^(\d+)\s*([a-z]*)$/i.exec(written) ?? []
  const factor = units[unit.toLowerCase() as keyof typeof units]
  if (digits !== undefined && factor !== undefined && Number(digits) > 0) return Number(digits) * factor
  throw new Failure(
    'bad-option',
    `expected bytes such as 50000, 50kB or 50KiB for --max-bytes, received '${written}'`,
  )
}
