// Samples as an unpacked TIFF in memory: the one format that hands inks, 16 bits and a profile over to the decoder.

export interface PlainPicture {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly depth: 8 | 16
  readonly space: 'gray' | 'rgb' | 'cmyk' | 'palette'
  readonly icc?: Uint8Array
  /** Pixel after pixel; of 16 bits the upper byte comes first. */
  readonly data: Uint8Array
}

const photometric = { gray: 1, rgb: 2, palette: 2, cmyk: 5 } as const
const colours = { gray: 1, rgb: 3, palette: 3, cmyk: 4 } as const
const [short, long, undefinedType] = [3, 4, 7]
const bytesOf: Readonly<Record<number, number>> = { [short]: 2, [long]: 4, [undefinedType]: 1 }

/** TIFF 6.0 sections 2, 8 and 18: one strip, behind one directory. */
export function plainTiff({ width, height, channels, depth, space, icc, data }: PlainPicture): Buffer {
  const hasAlpha = channels > colours[space]
  const bits = Buffer.alloc(channels * 2)
  for (let c = 0; c < channels; c++) bits.writeUInt16BE(depth, c * 2)
  const fields: (readonly [tag: number, type: number, value: number | Uint8Array])[] = [
    [256, long, width],
    [257, long, height],
    [258, short, bits],
    [259, short, 1],
    [262, short, photometric[space]],
    [273, long, 0],
    [277, short, channels],
    [278, long, height],
    [279, long, data.length],
    ...(hasAlpha ? ([[338, short, 2]] as const) : []),
    ...(icc ? ([[34675, undefinedType, icc]] as const) : []),
  ]
  return assembled(fields, data)
}

type Field = readonly [tag: number, type: number, value: number | Uint8Array]

function assembled(fields: readonly Field[], data: Uint8Array): Buffer {
  const directory = Buffer.alloc(8 + 2 + fields.length * 12 + 4)
  directory.write('MM\0*\0\0\0\x08', 'latin1')
  directory.writeUInt16BE(fields.length, 8)
  const behind: Uint8Array[] = []
  let end = directory.length
  const placed = (value: Uint8Array): number => {
    const at = end
    behind.push(value, Buffer.alloc(value.length & 1))
    end += value.length + (value.length & 1)
    return at
  }
  let strip = 0
  fields.forEach(([tag, type, value], n) => {
    const at = 10 + n * 12
    directory.writeUInt16BE(tag, at)
    directory.writeUInt16BE(type, at + 2)
    if (tag === 273) strip = at + 8
    if (typeof value === 'number') {
      directory.writeUInt32BE(1, at + 4)
      if (type === short) directory.writeUInt16BE(value, at + 8)
      else directory.writeUInt32BE(value, at + 8)
      return
    }
    directory.writeUInt32BE(value.length / (bytesOf[type] ?? 1), at + 4)
    if (value.length <= 4) Buffer.from(value).copy(directory, at + 8)
    else directory.writeUInt32BE(placed(value), at + 8)
  })
  directory.writeUInt32BE(end, strip)
  return Buffer.concat([directory, ...behind, data])
}
