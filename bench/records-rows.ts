// The results that searches are measured over: the same rows in every run, of a thousand users.
import { type NewResult, newId, timeOf } from '../records/index.ts'

export const day = 86_400_000
export const end = Date.UTC(2026, 10, 21)
const days = 30

// mulberry32
let seed = 1
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const oneOf = (weighted: Readonly<Record<string, number>>): string => {
  let left = random()
  for (const [name, share] of Object.entries(weighted)) {
    left -= share
    if (left < 0) return name
  }
  return Object.keys(weighted)[0] ?? ''
}
const formats = { jpeg: 0.6, png: 0.2, webp: 0.1, gif: 0.04, svg: 0.03, avif: 0.03 }
const modes = { lossless: 0.3, lossy: 0.5, quality: 0.15, 'max-bytes': 0.05 }
const upTo = (most: number): number => Math.round(10 ** (random() * Math.log10(most)))

/** A thousand users, of whom the largest has a tenth of everything. */
export const anyUser = (): string => `user-${Math.floor(1000 * random() ** 3)}`

/** Row `i` of `rows`: they come evenly over the days. */
export function aRow(i: number, rows: number): NewResult {
  const sourceFormat = oneOf(formats)
  const sourceBytes = 1000 + upTo(30_000_000)
  const user = anyUser()
  const at = end - days * day + Math.floor((i / rows) * days * day)
  const hasIcc = random() < 0.4
  return {
    id: newId(at),
    keyId: `key-${user}`,
    user,
    sourceFormat,
    sourceBytes,
    format: sourceFormat,
    bytes: Math.round(sourceBytes * (0.3 + 0.6 * random())),
    mode: oneOf(modes),
    level: 'medium',
    hasIcc,
    iccName: hasIcc ? 'sRGB IEC61966-2.1' : null,
    uniqueColours: random() < 0.5 ? upTo(1_000_000) : null,
    score: 60 + 35 * random(),
    quality: Math.round(60 + 35 * random()),
    ms: upTo(2000),
    detail: { reason: 'curve', encodes: 2 },
    expires: at + 3_600_000,
    storageKey: at > end - day ? `ab/cd/ef/${i}` : null,
  }
}

/** As the table has them. */
export const columns: readonly string[] = [
  'id',
  'created',
  ...Object.keys(aRow(0, 1)).filter((name) => name !== 'id'),
].map((name) => `"${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`)

export function valuesOf({ id, ...row }: NewResult): (string | number | null)[] {
  const rest = Object.values({ ...row, hasIcc: row.hasIcc ? 1 : 0, detail: JSON.stringify(row.detail) })
  return [id, timeOf(id), ...rest]
}
