import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../errors.ts'
import { identify } from '../../transforms/identify.ts'
import { effortOf } from '../effort.ts'
import * as pictures from '../pictures.ts'

const size = { width: 96, height: 64 }
const text = (content: string): Buffer => Buffer.from(content)

function refusal(bytes: Uint8Array): Failure {
  try {
    identify(bytes)
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('it was let in')
}

describe('what a picture says of itself', () => {
  const cases = [
    ['jpeg', pictures.jpeg, { format: 'jpeg', space: 'rgb', scans: 1, progressive: false }],
    ['progressive', pictures.progressive, { format: 'jpeg', progressive: true }],
    ['gray', pictures.gray, { format: 'jpeg', space: 'gray' }],
    ['cmyk', pictures.cmyk, { format: 'jpeg', space: 'cmyk' }],
    ['png', pictures.png, { format: 'png', alpha: false, depth: 8 }],
    ['palette', pictures.palette, { format: 'png', space: 'palette' }],
    ['alpha', pictures.alpha, { format: 'png', alpha: true }],
    ['16 bits', pictures.sixteenBit, { format: 'png', depth: 16, icc: false }],
    ['profile', pictures.profiled, { format: 'png', depth: 16, icc: true }],
    ['webp', pictures.webp, { format: 'webp', animated: false }],
    ['avif', pictures.avif, { format: 'avif', animated: false }],
    ['tiff', pictures.tiff, { format: 'tiff', pages: 1 }],
    ['gif', pictures.animatedGif, { format: 'gif', animated: true, pages: 3 }],
    ['moving webp', pictures.animatedWebp, { format: 'webp', animated: true, pages: 3, alpha: true }],
    ['svg', pictures.svg, { format: 'svg', alpha: true }],
  ] as const

  test.each(cases)('%s', async (_name, make, facts) => {
    const bytes = await make()
    expect(identify(bytes)).toMatchObject({ ...size, ...facts, bytes: bytes.length })
  })

  test('orientation from EXIF in JPEG, PNG, WebP and TIFF, as sharp sees it', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const)
      for (let orientation = 1; orientation <= 8; orientation++) {
        const image = sharp(await pictures.png()).withMetadata({ orientation })
        expect(identify(await image.toFormat(format).toBuffer()).orientation, format).toBe(orientation)
      }
  })

  test('an AVIF is as large as the decoder yields it', async () => {
    const bytes = await sharp(await pictures.png())
      .rotate(90)
      .avif({ effort: 0 })
      .toBuffer()
    expect(identify(bytes)).toMatchObject({ width: 64, height: 96, orientation: 1 })
  })

  test('an APNG is told from a PNG', async () => {
    const png = await pictures.png()
    const acTL = Buffer.from([0, 0, 0, 8, 0x61, 0x63, 0x54, 0x4c, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0])
    const apng = Buffer.concat([png.subarray(0, 33), acTL, png.subarray(33)])
    expect(identify(apng)).toMatchObject({ format: 'png', animated: true, pages: 5 })
  })

  test('64 KB suffice for the size', async () => {
    const large = await sharp({
      create: {
        ...{ width: 1500, height: 1500 },
        channels: 3,
        background: '#000',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer()
    expect(large.length).toBeGreaterThan(200_000)
    expect(identify(large.subarray(0, 65_536))).toMatchObject({ width: 1500, height: 1500 })
  })
})

describe('SVG', () => {
  const sized = (attributes: string, inside = '') =>
    text(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>`)

  test.each([
    ['width="120" height="80"', [120, 80]],
    ['width="1in" height="2.54cm"', [96, 96]],
    ['viewBox="0 0 30 40"', [30, 40]],
    ['width="60" viewBox="0 0 30 40"', [60, 80]],
    ['width="100%" height="100%" viewBox="0,0,30,40"', [30, 40]],
    ['', [300, 150]],
  ])('size of <svg %s>', (attributes, [width, height]) => {
    expect(identify(sized(attributes))).toMatchObject({ width, height })
  })

  test('is found behind a byte-order mark, a declaration, comments and a DOCTYPE, and inside gzip', () => {
    const document = `\ufeff<?xml version="1.0" encoding="utf-8"?>\n<!-- ${'licence '.repeat(200)} -->
      <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
      <!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;" width="5" height="6"/>`
    expect(identify(text(document))).toMatchObject({ format: 'svg', width: 5, height: 6 })
    expect(identify(gzipSync(document))).toMatchObject({ format: 'svg', width: 5, height: 6 })
  })

  const ten = (inside: string) => inside.repeat(10)
  const tree = (leaf: string, level: (n: number) => string) =>
    leaf + Array.from({ length: 8 }, (_, n) => level(n)).join('')
  const bombs: Record<string, string> = {
    'use of use': tree(
      '<g id="a0"><rect/></g>',
      (n) => `<g id="a${n + 1}">${ten(`<use href="#a${n}"/>`)}</g>`,
    ),
    'pattern of patterns': `${tree(
      '<pattern id="p0"><rect/></pattern>',
      (n) => `<pattern id="p${n + 1}">${ten(`<rect fill="u&#x72;l(#p${n})"/>`)}</pattern>`,
    )}<rect fill="url(#p8)"/>`,
    'patterns in a style sheet': `<style>${Array.from({ length: 8 }, (_, n) => `.c${n}{fill:u\\72l(#p${n})}`).join('')}</style>${tree(
      '<pattern id="p0"><rect/></pattern>',
      (n) => `<pattern id="p${n + 1}">${ten(`<rect class="c${n}"/>`)}</pattern>`,
    )}<rect fill="url(#p8)"/>`,
    'masks of masks': `${tree(
      '<mask id="m0"><rect/></mask>',
      (n) => `<mask id="m${n + 1}">${ten(`<rect mask="url(#m${n})"/>`)}</mask>`,
    )}<rect mask="url(#m8)"/>`,
    'turbulence without end':
      '<filter id="f"><feTurbulence numOctaves="9000"/></filter><rect filter="url(#f)"/>',
    'a wide morphology': '<filter id="f"><feMorphology radius="900"/></filter><rect filter="url(#f)"/>',
    'a filter upon everything': `<style>*{filter:url(#f)}</style><filter id="f"><feGaussianBlur stdDeviation="9"/></filter>${'<rect/>'.repeat(5000)}`,
    'one run of text': `<text>${'word '.repeat(10_000)}</text>`,
    'fine dashes': '<path d="M0 0L1e6 1e6" stroke-dasharray="0.001"/>',
    depth: '<g>'.repeat(400),
    elements: '<g/>'.repeat(100_001),
  }
  test.each(Object.entries(bombs))('refuses %s before it is drawn', (_name, inside) => {
    expect(refusal(sized('width="200" height="200"', inside)).kind).toBe('too-costly')
  })

  test('refuses a large picture hidden inside, however it is written', async () => {
    const large = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#000' } })
      .png()
      .toBuffer()
    const address = `data:image/png;base64,${large.toString('base64')}`
    expect(refusal(sized('', `<image href="${address}"/>`)).kind).toBe('too-costly')
    const nested = encodeURIComponent(sized('', `<image href='${address}'/>`).toString())
    expect(refusal(sized('', `<image href="data:image/svg+xml,${nested}"/>`)).kind).toBe('too-costly')
  })

  test.each([
    ['nested entities', '<!DOCTYPE svg [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'],
    ['external entities', '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'],
    ['parameter entities', '<!DOCTYPE svg [<!ENTITY % a "b"> %a;]>'],
    ['odd encodings', '<?xml version="1.0" encoding="UTF-7"?>'],
    ['style sheets in an address', '<?xml-stylesheet href="data:text/css,*{}"?>'],
  ])('refuses %s', (_name, before) => {
    expect(refusal(text(`${before}<svg xmlns="http://www.w3.org/2000/svg"/>`)).kind).toBe(
      'source-unsupported',
    )
  })

  test('draws usual graphics: groups, gradients, symbols used a hundred times, a shadow', () => {
    const inside = `<defs><symbol id="s">${ten('<path d="M0 0L9 9"/>')}</symbol><linearGradient id="l"/>
      <filter id="f"><feGaussianBlur stdDeviation="3"/><feOffset dx="2"/><feMerge><feMergeNode/></feMerge></filter></defs>
      <style>.a{fill:url(#l);opacity:.5}</style>${'<use href="#s" class="a"/>'.repeat(100)}<rect filter="url(#f)"/>`
    expect(identify(sized('width="200" height="200"', inside)).scans).toBeLessThan(1000)
  })
})

describe('refusals name what came', () => {
  test.each([
    ['', 'empty'],
    ['%PDF-1.7', 'a PDF document'],
    ['<!DOCTYPE html><html><svg></svg></html>', 'an HTML page'],
    ['{"error":1}', 'a JSON document'],
    ['hello', 'text'],
    ['push graphic-context', 'text'],
    ['\0\0\0\x0cJXL \r\n', 'a JPEG XL picture'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'a HEIC picture'],
    ['\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'a video'],
  ])('%j', (content, name) => {
    const failure = refusal(Buffer.from(content, 'latin1'))
    expect(failure.kind).toBe('source-unsupported')
    expect(failure.message).toContain(name)
  })

  test('a header cut short is a broken picture', async () => {
    for (const make of [pictures.jpeg, pictures.png, pictures.webp, pictures.tiff, pictures.avif])
      expect(refusal((await make()).subarray(0, 18)).kind).toBe('source-broken')
  })
})

describe('whatever bytes come', () => {
  test('changed pictures are identified or refused, quickly and without another error', async () => {
    const makers = [
      pictures.jpeg,
      pictures.progressive,
      pictures.png,
      pictures.webp,
      pictures.animatedWebp,
      pictures.animatedGif,
      pictures.avif,
      pictures.tiff,
      pictures.svg,
      () => pictures.lying(6),
    ]
    const originals = await Promise.all(makers.map((make) => make()))
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
    })
    const changes = fc.array(change, { minLength: 1, maxLength: 8 })
    const head = fc.integer({ min: 1, max: 300 })
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        changes,
        head,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (original, changes, head, cut) => {
          const bytes = Uint8Array.from(original)
          for (const { at, bytes: put } of changes)
            put.forEach((byte, i) => {
              bytes[Math.floor(at * Math.min(head, bytes.length)) + i] = byte
            })
          expectFactsOrFailure(bytes.subarray(0, Math.ceil(cut * bytes.length)))
          expectFactsOrFailure(bytes)
        },
      ),
      { numRuns: 1500 },
    )
  })

  function expectFactsOrFailure(bytes: Uint8Array): void {
    const effort = effortOf(() => {
      try {
        const { width, height, orientation, pages, scans } = identify(bytes)
        for (const number of [width, height, orientation, pages, scans])
          expect(number).toBeGreaterThanOrEqual(1)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure)
      }
    })
    expect(effort).toBeLessThan(500)
  }

  test('large files full of marks take no time', () => {
    const fill = (start: Uint8Array, pattern: number[]) => {
      const bytes = Buffer.alloc(20_000_000, Buffer.from(pattern))
      bytes.set(start)
      return bytes
    }
    const jpegStart = Buffer.from('ffd8ffc2000b080010001001011100ffda0008010100003f00', 'hex')
    const cases = [
      fill(jpegStart, [0xff, 0x00]),
      fill(jpegStart, [0xff, 0xff]),
      fill(jpegStart, [0xff, 0xda]),
      fill(Buffer.from('GIF89a\x10\0\x10\0\0\0\0', 'latin1'), [0x21, 0xfe, 0x00]),
      fill(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0', 'latin1'), [0]),
      fill(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'), [0x3c]),
      fill(Buffer.from('<svg '), [0x61, 0x3d]),
      fill(Buffer.from('<!-- '), [0x3c, 0x21, 0x2d, 0x2d]),
    ]
    for (const bytes of cases) {
      const effort = effortOf(() => {
        try {
          identify(bytes)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Failure)
        }
      })
      // A pass takes a twentieth of it at most; whatever looks again and again takes hours.
      expect(effort).toBeLessThan(2000)
    }
  })
})
