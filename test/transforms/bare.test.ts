// The source's own bytes: the same pixels and colours, and nothing of what a camera or a program wrote beside them.
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { bareSource } from '../../transforms/bare/index.ts'
import { identify } from '../../transforms/identify.ts'
import * as pictures from '../pictures.ts'

const secret = 'Somebody, Cat Street 7'
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="${secret}"/></rdf:RDF></x:xmpmeta>`
const exif = {
  IFD0: { Artist: secret },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSMapDatum: secret },
}

const told = async (format: 'jpeg' | 'png' | 'webp' | 'avif', orientation = 1): Promise<Buffer> => {
  const image = sharp(await pictures.png())
    .withMetadata({ orientation, exif })
    .withXmp(xmp)
    .withIccProfile('p3')
  return image.toFormat(format, format === 'webp' ? { lossless: true } : {}).toBuffer()
}

const stripped = (source: Uint8Array, orientation = 1): Buffer => {
  const bare = bareSource(source, identify(source), orientation)
  if (!bare) throw new Error('not stripped')
  return Buffer.from(bare)
}

const pixels = (bytes: Uint8Array) => sharp(bytes, { animated: true, ignoreIcc: true }).raw().toBuffer()

describe('every format', () => {
  test.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    '%s loses its texts and its place, and keeps its pixels and its profile',
    async (format) => {
      const source = await told(format)
      const bare = stripped(source)
      expect(source.includes(secret)).toBe(true)
      expect(bare.includes(secret)).toBe(false)
      expect(bare.length).toBeLessThanOrEqual(source.length)
      const { icc } = await sharp(bare).metadata()
      expect(icc).toEqual((await sharp(source).metadata()).icc)
      expect(await pixels(bare)).toEqual(await pixels(source))
    },
  )

  test.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    '%s that was stripped once stays as it is',
    async (format) => {
      const bare = stripped(await told(format))
      expect(stripped(bare)).toEqual(bare)
    },
  )

  test.each(['jpeg', 'png', 'webp', 'gif'] as const)(
    '%s loses what was put behind its end',
    async (format) => {
      const plain = await sharp(await pictures.png())
        .toFormat(format)
        .toBuffer()
      const bare = stripped(Buffer.concat([plain, Buffer.from(secret)]))
      expect(bare.includes(secret)).toBe(false)
      expect(await pixels(bare)).toEqual(await pixels(plain))
    },
  )

  test('a file that ends in its middle is given up, or stays as broken as it was', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
      const plain = await sharp(await pictures.png())
        .toFormat(format)
        .toBuffer()
      for (let length = 20; length < plain.length; length += 7) {
        const cut = plain.subarray(0, length)
        const bare = bareSource(cut, { format }, 1)
        expect(bare === undefined || bare.length <= cut.length, `${format} cut to ${length}`).toBe(true)
      }
    }
  })
})

describe('JPEG', () => {
  test('keeps how it is to be turned, and of its EXIF nothing else', async () => {
    const bare = stripped(await told('jpeg', 6), 6)
    const { orientation, exif } = await sharp(bare).metadata()
    expect(orientation).toBe(6)
    expect(exif?.length).toBeLessThan(40)
    expect(bare.includes(secret)).toBe(false)
  })

  test('keeps what its colours are read by: the marker of Adobe', async () => {
    const segment = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0])
    const plain = await pictures.jpeg()
    const marked = Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)])
    expect(stripped(marked).includes(segment)).toBe(true)
  })

  test('loses comments, and small pictures of what it once showed', async () => {
    const plain = await pictures.jpeg()
    const comment = Buffer.from([0xff, 0xfe, 0, 2 + secret.length, ...Buffer.from(secret)])
    const jfxx = Buffer.from([0xff, 0xe0, 0, 8 + secret.length, ...Buffer.from(`JFXX\0\x10${secret}`)])
    const source = Buffer.concat([plain.subarray(0, 2), jfxx, comment, plain.subarray(2)])
    const bare = stripped(source)
    expect(bare.includes(secret)).toBe(false)
    expect(await pixels(bare)).toEqual(await pixels(plain))
  })

  test('loses junk that decoders skip', async () => {
    const plain = await pictures.jpeg()
    const junk = Buffer.concat([plain.subarray(0, 2), Buffer.from(secret), plain.subarray(2)])
    expect(stripped(junk).includes(secret)).toBe(false)
  })

  test('of a coding that no browser reads is given up', async () => {
    const arithmetic = Buffer.from(await pictures.jpeg())
    arithmetic[arithmetic.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc9
    expect(bareSource(arithmetic, { format: 'jpeg' }, 1)).toBeUndefined()
  })
})

describe('PNG', () => {
  const chunk = (type: string, content: Uint8Array): Buffer => {
    const named = Buffer.concat([Buffer.from(type), content])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(content.length)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, sum])
  }
  const headerEnd = 33

  test('keeps its palette, its gamma and its frames', async () => {
    const plain = await pictures.palette()
    const gamma = chunk('gAMA', Uint8Array.of(0, 0, 0xb1, 0x8f))
    const frames = chunk('acTL', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0))
    const text = chunk('tEXt', Buffer.from(`Author\0${secret}`))
    const source = Buffer.concat([
      plain.subarray(0, headerEnd),
      gamma,
      text,
      frames,
      plain.subarray(headerEnd),
    ])
    const bare = stripped(source)
    expect([gamma, frames].every((kept) => bare.includes(kept))).toBe(true)
    expect(bare.includes(secret)).toBe(false)
    expect(identify(bare).space).toBe('palette')
  })

  test('with a checksum that browsers refuse, without its end, or under a heavy profile, is given up', async () => {
    const plain = await pictures.png()
    const wrong = Buffer.from(plain)
    wrong[headerEnd - 1] = (wrong[headerEnd - 1] ?? 0) ^ 1
    const heavy = Buffer.concat([
      plain.subarray(0, headerEnd),
      chunk('iCCP', Buffer.alloc(100_000)),
      plain.subarray(headerEnd),
    ])
    for (const source of [wrong, plain.subarray(0, -12), heavy])
      expect(bareSource(source, { format: 'png' }, 1)).toBeUndefined()
  })
})

describe('GIF', () => {
  test('keeps its frames, its pace and how often it plays, and loses comments', async () => {
    const source = await pictures.animatedGif()
    const end = source.length - 1
    const comment = Buffer.from([0x21, 0xfe, secret.length, ...Buffer.from(secret), 0])
    const bare = stripped(Buffer.concat([source.subarray(0, end), comment, source.subarray(end)]))
    expect(bare.includes(secret)).toBe(false)
    const { pages, delay, loop } = await sharp(source).metadata()
    expect(await sharp(bare).metadata()).toMatchObject({ pages, delay, loop })
  })
})

describe('AVIF', () => {
  test('stays readable, the places of its pictures untouched, its EXIF empty', async () => {
    const source = await told('avif')
    const bare = stripped(source)
    expect(bare.length).toBe(source.length)
    expect((await sharp(bare).metadata()).exif?.includes(secret) ?? false).toBe(false)
  })

  test('loses boxes of others beside its own', async () => {
    const plain = await pictures.avif()
    const box = Buffer.from(`\0\0\0\0uuid0123456789abcdef${secret}`, 'latin1')
    box.writeUInt32BE(box.length)
    const bare = stripped(Buffer.concat([plain, box]))
    expect(bare.includes(secret)).toBe(false)
    expect(await pixels(bare)).toEqual(await pixels(plain))
  })

  test('whose items cannot be placed is given up', async () => {
    const source = await told('avif')
    source.write('jloc', source.indexOf('iloc'), 'latin1')
    expect(bareSource(source, { format: 'avif' }, 1)).toBeUndefined()
  })
})
