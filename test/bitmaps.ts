// BMPs of every kind, and icons, written byte by byte: eight pixels by six.
const width = 8
const height = 6

export type Rgba = readonly [number, number, number, number]

/** Red grows to the right, green downwards; the right half is half transparent. */
export const pixelAt = (x: number, y: number): Rgba => [x * 32, y * 40, 96, x < 4 ? 255 : 128]

/** Colours of the kinds with a palette; a pixel has the colour x + y, modulo their number. */
export const palette = Array.from({ length: 16 }, (_, i) => [i * 16, 255 - i * 16, (i * 48) % 256] as const)

interface Kind {
  readonly bits: number
  readonly header?: number
  readonly compression?: number
  readonly colours?: number
  readonly masks?: readonly number[]
  readonly isTopDown?: boolean
  readonly data: Uint8Array
}

function bmp({ bits, header = 40, compression = 0, colours = 0, masks = [], isTopDown, data }: Kind): Buffer {
  const behind = header === 40 ? masks.length * 4 : 0
  const entry = header === 12 ? 3 : 4
  const head = Buffer.alloc(14 + header + behind + colours * entry)
  head.write('BM')
  head.writeUInt32LE(head.length + data.length, 2)
  head.writeUInt32LE(head.length, 10)
  head.writeUInt32LE(header, 14)
  if (header === 12)
    for (const [i, value] of [width, height, 1, bits].entries()) head.writeUInt16LE(value, 18 + i * 2)
  else {
    head.writeInt32LE(width, 18)
    head.writeInt32LE(isTopDown ? -height : height, 22)
    head.writeUInt16LE(1, 26)
    head.writeUInt16LE(bits, 28)
    head.writeUInt32LE(compression, 30)
    head.writeUInt32LE(data.length, 34)
    head.writeUInt32LE(colours, 46)
    for (const [i, mask] of masks.entries()) head.writeUInt32LE(mask, 54 + i * 4)
    if (header >= 108) head.write('BGRs', 70, 'latin1')
  }
  for (const [i, [r, g, b]] of palette.slice(0, colours).entries())
    head.set([b, g, r], 14 + header + behind + i * entry)
  return Buffer.concat([head, data])
}

/** From the bottom to the top, each row of whole 32 bits. */
function rows(bits: number, write: (row: Buffer, x: number, y: number) => void, isTopDown = false): Buffer {
  const all = Array.from({ length: height }, (_, i) => {
    const row = Buffer.alloc(Math.ceil((width * bits) / 32) * 4)
    for (let x = 0; x < width; x++) write(row, x, isTopDown ? i : height - 1 - i)
    return row
  })
  return Buffer.concat(all)
}

const indexed = (bits: number): Buffer =>
  rows(bits, (row, x, y) => {
    const at = Math.floor((x * bits) / 8)
    row[at] = (row[at] ?? 0) | (((x + y) % 2 ** Math.min(bits, 4)) << (8 - bits - ((x * bits) % 8)))
  })

const bytesOf = (bits: 24 | 32, isTopDown = false): Buffer =>
  rows(
    bits,
    (row, x, y) => {
      const [r, g, b, a] = pixelAt(x, y)
      row.set(bits === 24 ? [b, g, r] : [b, g, r, a], (x * bits) / 8)
    },
    isTopDown,
  )

const words = (shift: readonly [number, number], lost: readonly [number, number, number]): Buffer =>
  rows(16, (row, x, y) => {
    const [r, g, b] = pixelAt(x, y)
    row.writeUInt16LE(((r >> lost[0]) << shift[0]) | ((g >> lost[1]) << shift[1]) | (b >> lost[2]), x * 2)
  })

/** Every pixel a run of its own; then the end of the line, and of the picture. */
const runs = (perRow: (y: number) => number[]): Buffer =>
  Buffer.from([...Array.from({ length: height }, (_, i) => [...perRow(height - 1 - i), 0, 0]).flat(), 0, 1])

const masks = [0xff0000, 0xff00, 0xff, 0xff000000] as const
const across = [...Array(width).keys()]

/** By name; `palette` kinds have the colours of the palette, all others those of `pixelAt`. */
export const bmps: Readonly<
  Record<string, { readonly file: Buffer; readonly colours?: number; readonly alpha?: true }>
> = {
  '1 bit': { file: bmp({ bits: 1, colours: 2, data: indexed(1) }), colours: 2 },
  '4 bits': { file: bmp({ bits: 4, colours: 16, data: indexed(4) }), colours: 16 },
  '8 bits': { file: bmp({ bits: 8, colours: 16, data: indexed(8) }), colours: 16 },
  'run lengths of 8 bits': {
    file: bmp({
      bits: 8,
      compression: 1,
      colours: 16,
      data: runs((y) => across.flatMap((x) => [1, (x + y) % 16])),
    }),
    colours: 16,
  },
  'run lengths of 4 bits': {
    file: bmp({
      bits: 4,
      compression: 2,
      colours: 16,
      data: runs((y) => across.flatMap((x) => [1, ((x + y) % 16) << 4])),
    }),
    colours: 16,
  },
  '16 bits': { file: bmp({ bits: 16, data: words([10, 5], [3, 3, 3]) }) },
  '16 bits with masks': {
    file: bmp({ bits: 16, compression: 3, masks: [0xf800, 0x7e0, 0x1f], data: words([11, 5], [3, 2, 3]) }),
  },
  '24 bits': { file: bmp({ bits: 24, data: bytesOf(24) }) },
  '24 bits from top to bottom': { file: bmp({ bits: 24, isTopDown: true, data: bytesOf(24, true) }) },
  '24 bits of OS/2': { file: bmp({ bits: 24, header: 12, data: bytesOf(24) }) },
  '32 bits': { file: bmp({ bits: 32, data: bytesOf(32) }) },
  'version 4 with alpha': {
    file: bmp({ bits: 32, header: 108, compression: 3, masks, data: bytesOf(32) }),
    alpha: true,
  },
  'version 5 with alpha': {
    file: bmp({ bits: 32, header: 124, compression: 3, masks, data: bytesOf(32) }),
    alpha: true,
  },
}

/** One colour in an icon's own way: a bitmap of double height without its first part, with a mask below. */
export function iconBitmap(side: number, [r, g, b, a]: Rgba): Buffer {
  const head = Buffer.alloc(40)
  head.writeUInt32LE(40, 0)
  head.writeInt32LE(side, 4)
  head.writeInt32LE(side * 2, 8)
  head.writeUInt16LE(1, 12)
  head.writeUInt16LE(32, 14)
  const mask = Buffer.alloc(Math.ceil(side / 32) * 4 * side)
  return Buffer.concat([head, ...Array(side * side).fill(Buffer.from([b, g, r, a])), mask])
}

export function ico(pictures: readonly { readonly side: number; readonly data: Buffer }[]): Buffer {
  let at = 6 + pictures.length * 16
  const entries = pictures.map(({ side, data }) => {
    const entry = Buffer.alloc(16)
    entry.set([side & 255, side & 255, 0, 0, 1, 0, 32, 0])
    entry.writeUInt32LE(data.length, 8)
    entry.writeUInt32LE(at, 12)
    at += data.length
    return entry
  })
  const head = Buffer.from([0, 0, 1, 0, pictures.length, 0])
  return Buffer.concat([head, ...entries, ...pictures.map(({ data }) => data)])
}
