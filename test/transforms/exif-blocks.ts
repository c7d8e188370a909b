// TIFF blocks written by hand: directories one behind the other from place 8 on, however little sense they make.

/** Tag, type, count, and what stands in the last four bytes: a value (a SHORT counts from their front) or a place. */
export type Row = readonly [tag: number, type: number, count: number, value: number]

export interface WrittenDirectory {
  readonly rows: readonly Row[]
  readonly next?: number
  /** Another number of entries than there are. */
  readonly says?: number | undefined
}

export function anExifBlock(order: 'II' | 'MM', directories: readonly WrittenDirectory[]): Buffer {
  const u16 = (value: number) => number(order, 2, value)
  const u32 = (value: number) => number(order, 4, value)
  const field = ([tag, type, count, value]: Row) => {
    const isShort = type === 3 && count === 1 && value < 65_536
    return [u16(tag), u16(type), u32(count), isShort ? Buffer.concat([u16(value), u16(0)]) : u32(value)]
  }
  return Buffer.concat([
    Buffer.from(order === 'II' ? 'II*\0' : 'MM\0*', 'latin1'),
    u32(8),
    ...directories.flatMap(({ rows, next = 0, says = rows.length }) => [
      u16(says),
      ...rows.flatMap(field),
      u32(next),
    ]),
  ])
}

function number(order: 'II' | 'MM', bytes: 2 | 4, value: number): Buffer {
  const written = Buffer.alloc(bytes)
  if (order === 'II') written.writeUIntLE(value, 0, bytes)
  else written.writeUIntBE(value, 0, bytes)
  return written
}
