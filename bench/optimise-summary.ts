// What many measured pictures come to: ratios of totals, the worst of all, and what the other judges say of them.

export interface Row {
  readonly megapixels: number
  readonly bytes: number
  readonly score: number
  readonly tiles: { readonly p5: number; readonly worst: number }
  readonly whiteOff?: number
  readonly quality?: number
  readonly chroma?: string
  readonly probes?: number
  readonly ms?: number
  readonly butteraugli?: { readonly norm3: number; readonly max: number }
}

export type Kind = 'photo' | 'product' | 'drawn'

export interface Measured {
  readonly file: string
  readonly kind: Kind
  readonly sharp80: Row
  /** Of one encode by MozJPEG, on the same machine at the same time. */
  readonly encodeMs: number
  readonly ways: Record<string, Row>
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length
const fixed = (value: number, digits = 3): number => Number(value.toFixed(digits))

function summary(measured: readonly Measured[], way: string) {
  const rows = measured.flatMap((one) =>
    one.ways[way] ? [{ one, row: one.ways[way], base: one.sharp80 }] : [],
  )
  if (rows.length === 0) return undefined
  const [bytes, baseBytes] = [sum(rows.map(({ row }) => row.bytes)), sum(rows.map(({ base }) => base.bytes))]
  return {
    pictures: rows.length,
    bytes: fixed(bytes / baseBytes),
    geometric: fixed(Math.exp(mean(rows.map(({ row, base }) => Math.log(row.bytes / base.bytes))))),
    lowest: fixed(Math.min(...rows.map(({ row }) => row.score)), 2),
    lowestOfSharp: fixed(Math.min(...rows.map(({ base }) => base.score)), 2),
    mostBelowSharp: fixed(Math.max(...rows.map(({ row, base }) => base.score - row.score)), 2),
    probes: fixed(mean(rows.map(({ row }) => row.probes ?? 0)), 2),
    mostProbes: Math.max(...rows.map(({ row }) => row.probes ?? 0)),
    msPerMegapixel: Math.round(
      sum(rows.map(({ row }) => row.ms ?? 0)) / sum(rows.map(({ row }) => row.megapixels)),
    ),
    timesOneEncode: fixed(
      sum(rows.map(({ row }) => row.ms ?? 0)) / sum(rows.map(({ one }) => one.encodeMs)),
      1,
    ),
    whiteOff: fixed(mean(rows.flatMap(({ row }) => row.whiteOff ?? [])) * 100, 1),
    ...butteraugliOf(rows),
    whiteOffOfSharp: fixed(mean(rows.flatMap(({ base }) => base.whiteOff ?? [])) * 100, 1),
  }
}

function butteraugliOf(rows: readonly { row: Row; base: Row }[]) {
  const told = (of: (each: { row: Row; base: Row }) => Row) => {
    const found = rows.flatMap((each) => of(each).butteraugli ?? [])
    const [norm3, max] = [found.map((each) => each.norm3), found.map((each) => each.max)]
    return {
      norm3: { mean: fixed(mean(norm3), 2), worst: fixed(Math.max(...norm3), 2) },
      max: { mean: fixed(mean(max), 2), worst: fixed(Math.max(...max), 2) },
    }
  }
  if (!rows[0]?.row.butteraugli) return {}
  return { butteraugli: told(({ row }) => row), butteraugliOfSharp: told(({ base }) => base) }
}

export function summariesOf(measured: readonly Measured[]) {
  const of = (...kinds: Kind[]) => measured.filter(({ kind }) => kinds.includes(kind))
  const seen = of('photo', 'product')
  const heldOut = seen.filter((_, i) => i % 2 === 1)
  return {
    default: summary(seen, 'default'),
    products: summary(of('product'), 'default'),
    equal: summary(seen, 'equal'),
    webp: summary(seen, 'webp'),
    webpWithDrawn: summary(measured, 'webp'),
    avif: summary(seen, 'avif'),
    heldOut: {
      default: summary(heldOut, 'default'),
      equal: summary(heldOut, 'equal'),
      webp: summary(heldOut, 'webp'),
    },
  }
}
