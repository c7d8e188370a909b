// The kinds of values a setting can have: how each is written, and what is said when it is written wrongly.
import { z } from 'zod'

const units = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 } as const
const times = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 } as const

/** Parses "256MB" with one of the units into a number; a bare number is taken in the base unit. */
function numberWithUnit(table: Readonly<Record<string, number>>, expected: string) {
  return z.union([z.number(), z.string()]).transform((written, context) => {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(written).trim()) ?? []
    const factor = unit ? table[unit.toLowerCase()] : 1
    if (digits !== undefined && factor !== undefined) return Math.round(Number(digits) * factor)
    context.addIssue({ code: 'custom', message: `expected ${expected}, received '${written}'` })
    return z.NEVER
  })
}

/** Bytes: 1000000, "64MB" (decimal), "64MiB" (binary). */
export const bytes = () => numberWithUnit(units, 'bytes such as 64MB or 1GiB')

/** Milliseconds: 1500, "1500ms", "10s", "5m", "1h", "30d". */
export const duration = () => numberWithUnit(times, 'a duration such as 500ms, 10s, 5m, 1h or 30d')

export const integer = (least: number, most: number) =>
  z.union([z.number(), z.string()]).transform((written, context) => {
    const value = typeof written === 'number' ? written : /^\d+$/.test(written) ? Number(written) : Number.NaN
    if (Number.isInteger(value) && value >= least && value <= most) return value
    context.addIssue({
      code: 'custom',
      message: `expected an integer from ${least} to ${most}, received '${written}'`,
    })
    return z.NEVER
  })

export const text = () => z.string()

export const yesNo = () => z.stringbool({ error: 'expected true or false' }).or(z.boolean())

/** A comma-separated list in the environment, an array in the configuration file. */
export const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (written) =>
      typeof written === 'string'
        ? written
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean)
        : written,
    z.array(item),
  )

export const httpUrl = () =>
  z
    .string()
    .refine(isHttpUrl, { error: (issue) => `expected an http:// or https:// URL, received '${issue.input}'` })

function isHttpUrl(written: string): boolean {
  return URL.canParse(written) && ['http:', 'https:'].includes(new URL(written).protocol)
}

/** Key material: never echoed in an error. */
export const secret = () => z.string().min(16, { error: 'expected a secret of at least 16 characters' })

/** From 0 to 1. */
export const share = () =>
  z.union([z.number(), z.string()]).transform((written, context) => {
    const value =
      typeof written === 'number' || /^(?:\d+|\d*\.\d+)$/.test(written) ? Number(written) : Number.NaN
    if (value >= 0 && value <= 1) return value
    context.addIssue({ code: 'custom', message: `expected a number from 0 to 1, received '${written}'` })
    return z.NEVER
  })

/** Pairs `name=value` with commas between, percent-encoded, as W3C Baggage writes them. May be secret: never echoed. */
export const headerList = () =>
  text().refine((written) => headersIn(written) !== undefined, {
    error: 'expected name=value, with commas between several',
  })

/** The headers of such a list; undefined where it is none. */
export function headersIn(written: string): Readonly<Record<string, string>> | undefined {
  const pairs = written.split(',').filter((pair) => pair.trim() !== '')
  const read = pairs.map((pair) => /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*([\x21-\x7e]+)\s*$/.exec(pair))
  try {
    return read.every((found) => found !== null)
      ? Object.fromEntries(read.map(([, name = '', value = '']) => [name, decodeURIComponent(value)]))
      : undefined
  } catch {
    return undefined
  }
}
