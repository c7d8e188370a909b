// EXIF and TIFF directories, written by hand in both byte orders, and blocks that lie about themselves.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCaptureData } from '../../api/services/uploads/capture-data.ts'
import { entryOf, mostEntries, openTiff } from '../../transforms/identify/directories.ts'
import { orientationOf, readExif } from '../../transforms/identify/exif.ts'
import { identifyTiff } from '../../transforms/identify/tiff.ts'
import { buildExif } from '../../transforms/optimise/exif.ts'
import { anExifBlock, type Row } from './exif-blocks.ts'

const [short, long, rational, ascii] = [3, 4, 5, 2]

describe.each(['II', 'MM'] as const)('a block in the byte order %s', (order) => {
  const block = (rows: readonly Row[], next = 0) => anExifBlock(order, [{ rows, next }])

  test.each([
    ['a SHORT', [274, short, 1, 6], 6],
    ['a LONG', [274, long, 1, 70_000], 70_000],
    ['several SHORTs that fit', [274, short, 2, order === 'II' ? 7 : 7 << 16], 7],
    ['a place outside the block', [274, short, 9, 4_000_000_000], undefined],
    ['a count that is absurd', [274, long, 4_294_967_295, 8], order === 'II' ? 0x01120001 : 0x00010112],
    ['a type that nobody knows', [274, 99, 1, 6], undefined],
    ['text', [274, ascii, 4, 6], undefined],
    ['a fraction divided by zero', [274, rational, 1, 26], undefined],
  ] as const)('%s', (_, row, number) => {
    const tiff = openTiff(block([row]))
    expect(tiff?.numberOf(entryOf(tiff.directoryAt(tiff.first), 274))).toBe(number)
  })

  test.each([
    ['one to eight', [274, short, 1, 8], 8],
    ['nine', [274, short, 1, 9], 1],
    ['zero', [274, short, 1, 0], 1],
    ['not a SHORT', [274, long, 1, 6], 1],
    ['none', [275, short, 1, 6], 1],
  ] as const)('orientation: %s', (_, row, orientation) => {
    expect(orientationOf(block([[271, ascii, 400, 1], row]))).toBe(orientation)
  })

  test('a block with another number than 42 says nothing, as libexif has it', () => {
    const odd = block([[274, short, 1, 6]])
    odd[order === 'II' ? 2 : 3] = 43
    expect(orientationOf(odd)).toBe(1)
    expect(readExif(odd)).toBeUndefined()
  })

  test('of two entries with one tag the first counts', () => {
    const twice = block([
      [274, short, 1, 6],
      [274, short, 1, 3],
    ])
    expect(orientationOf(twice)).toBe(6)
  })

  test('a directory that is cut short has the entries before the cut, as libexif reads it', () => {
    const whole = block([
      [274, short, 1, 6],
      [275, short, 1, 3],
    ])
    const cut = whole.subarray(0, 8 + 2 + 12 + 5)
    expect(orientationOf(cut)).toBe(6)
    expect(openTiff(cut)?.directoryAt(8)).toMatchObject({ isWhole: false, entries: [{ tag: 274 }] })
  })

  test('directories that point at themselves end', () => {
    const looped = anExifBlock(order, [{ rows: [[0x8769, long, 1, 8]], next: 8 }])
    expect(readExif(looped)?.exif?.entries).toHaveLength(1)
    expect(buildExif(looped, { keep: ['date', 'copyright', 'geotag'], orientation: 1 })).toBeUndefined()
    const picture = anExifBlock(order, [
      {
        rows: [
          [256, long, 1, 10],
          [257, long, 1, 20],
        ],
        next: 8,
      },
    ])
    expect(identifyTiff(picture)).toMatchObject({ width: 10, height: 20, pages: 1 })
  })
})

test('what is no block has no directories, no orientation and nothing to keep', () => {
  for (const bytes of ['', 'II', 'II*\0', 'XX*\0\x08\0\0\0', 'II*\0\xff\xff\xff\xff', 'II*\0\0\0\0\0']) {
    const block = Buffer.from(bytes, 'latin1')
    expect(orientationOf(block)).toBe(1)
    expect(readExif(block)?.exif).toBeUndefined()
    expect(buildExif(block, { keep: ['date', 'geotag'], orientation: 1 })).toBeUndefined()
  }
})

test('a directory of more entries than anybody writes is read no further than libtiff does', () => {
  const block = anExifBlock('II', [{ rows: Array.from({ length: 9000 }, () => [1, short, 1, 1] as const) }])
  expect(openTiff(block)?.directoryAt(8)).toMatchObject({ isWhole: false })
  expect(openTiff(block)?.directoryAt(8)?.entries).toHaveLength(mostEntries)
})

const absurd = fc.oneof(fc.nat(200), fc.constantFrom(0, 1, 8, 2 ** 31, 2 ** 32 - 1), fc.nat(2 ** 32 - 1))
const rows = fc.array(
  fc.tuple(
    fc.constantFrom(274, 256, 257, 282, 283, 296, 0x0132, 0x8769, 0x8825, 0x9003, 7),
    fc.oneof(fc.nat(14), fc.nat(65_535)),
    absurd,
    absurd,
  ),
  { maxLength: 40 },
)
const hostile = fc
  .tuple(
    fc.constantFrom('II' as const, 'MM' as const),
    fc.array(fc.record({ rows, next: absurd, says: fc.option(fc.nat(65_535), { nil: undefined }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 20 }),
    fc.nat(1600),
  )
  .map(([order, directories, changes, length]) => {
    const block = anExifBlock(order, directories)
    for (const [at, value] of changes) if (at >= 2 && at < block.length) block[at] = value
    return block.subarray(0, length)
  })

test('whatever a block says, reading it ends, never throws, and gives nothing from outside of it', () => {
  fc.assert(
    fc.property(hostile, (bytes) => {
      const found = readExif(bytes)
      const read = [found?.main, found?.exif, found?.gps].flatMap((directory) => directory?.entries ?? [])
      expect(read.length).toBeLessThanOrEqual((3 * bytes.length) / 12)
      for (const { value } of read) {
        expect(value.byteOffset).toBeGreaterThanOrEqual(bytes.byteOffset)
        expect(value.byteOffset + value.length).toBeLessThanOrEqual(bytes.byteOffset + bytes.length)
      }
      expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(orientationOf(bytes))
      const written = buildExif(bytes, { keep: ['date', 'copyright', 'geotag'], orientation: 1 })
      expect(written?.length ?? 0).toBeLessThanOrEqual(65_000)
      const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), bytes])
      const segment = Buffer.from([0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 255])
      const { taken, dpi } = readCaptureData(Buffer.concat([Buffer.from([0xff, 0xd8]), segment, exif]))
      expect(taken === null || /^\d{4}-\d\d-\d\dT/.test(taken)).toBe(true)
      expect(dpi === null || dpi.every((value) => value > 0 && Number.isFinite(value))).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a TIFF file that lies is a broken source, not a fault of ours', () => {
  fc.assert(
    fc.property(hostile, (bytes) => {
      try {
        identifyTiff(bytes)
      } catch (thrown) {
        expect(['source-broken', 'source-unsupported']).toContain((thrown as { kind?: string }).kind)
      }
    }),
    { numRuns: 2000 },
  )
})

test('what is kept of a block says in the new block what it said in the old one', () => {
  const date = Buffer.from('2024:02:29 23:59:58\0', 'latin1')
  for (const order of ['II', 'MM'] as const) {
    const head = anExifBlock(order, [{ rows: [[0x0132, ascii, date.length, 26]] }])
    const written = buildExif(Buffer.concat([head, date]), { keep: ['date'], orientation: 6 })
    const found = written && readExif(written)
    expect(Buffer.from(entryOf(found?.main, 0x0132)?.value ?? []).equals(date)).toBe(true)
    expect(written && orientationOf(written)).toBe(6)
  }
})
