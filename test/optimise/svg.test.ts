import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { cssFetches, holdsActive } from '../../transforms/optimise/svg/active-content.ts'
import { findDifference } from '../../transforms/optimise/svg/rendering-equality.ts'
import { svg } from '../pictures.ts'
import { isEqual, lossless } from './pixels.ts'

const drawing = (inside: string, more = ''): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="80" ${more}>${inside}</svg>`,
  )
const square = '<rect x="10.00001" y="10" width="50" height="50" fill="#ff0000"/>'

describe('an SVG', () => {
  test('is smaller, drawn alike, and a fixed point', async () => {
    const source = svg({ width: 200, height: 100 })
    const { body, format, report } = await lossless(source)
    expect(format).toBe('svg')
    expect(body.length).toBeLessThan(source.length)
    expect(report.chosen).toBe('svgo full')
    expect(await findDifference(source, body)).toBeUndefined()
    expect(isEqual((await lossless(body)).body, body)).toBe(true)
  })

  test.each([
    ['a script', '<script>alert(1)</script>'],
    ['a handler', '<g onclick="alert(1)"/>'],
    ['a script address', '<a xlink:href="java&#115;cript:alert(1)"><text y="70">x</text></a>'],
    ['an outside picture', '<image href="http://127.0.0.1:8799/x.png" width="9" height="9"/>'],
    ['an outside part', '<use href="http://127.0.0.1:8799/x.svg#a"/>'],
    [
      'an outside style',
      '<style>@import "http://127.0.0.1:8799/x.css"; rect { stroke: url(http://127.0.0.1:8799/#a) }</style>',
    ],
    ['a hidden outside style', String.raw`<style>rect { fill: u\72l(http://127.0.0.1:8799/a) }</style>`],
    ['a page', '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'],
    ['an animated address', '<a><set attributeName="href" to="javascript:alert(1)"/></a>'],
  ])('loses %s', async (_, part) => {
    const source = drawing(square + part)
    expect(holdsActive(source.toString())).toBe(true)
    const { body, report } = await lossless(source)
    const text = Buffer.from(body).toString()
    expect(holdsActive(text)).toBe(false)
    expect(text).not.toMatch(/alert|127\.0\.0\.1/)
    expect(report.dropped).toContain('active content')
    expect(await findDifference(source, body)).toBeUndefined()
  })

  test('hides no script in an entity', async () => {
    const source = Buffer.from(
      `<!DOCTYPE svg [<!ENTITY x "<script>alert(1)</script>">]>${drawing(`${square}&x;`)}`,
    )
    expect(Buffer.from((await lossless(source)).body).toString()).not.toMatch(/alert/)
  })

  test('keeps what only other documents or time would show', async () => {
    const parts =
      '<symbol id="cart"><path d="M0 0h9v9z"/></symbol><rect width="9" height="9"><animate attributeName="x" to="9" dur="1s"/></rect>'
    const text = Buffer.from((await lossless(drawing(square + parts))).body).toString()
    expect(text).toMatch(/id="cart"/)
    expect(text).toMatch(/<animate/)
  })

  test('that came gzipped leaves gzipped', async () => {
    const { body } = await lossless(gzipSync(drawing(`<!-- a long comment, a long comment -->${square}`)))
    expect(gunzipSync(body).toString()).toMatch(/<svg/)
  })

  test('in letters that cannot be read is refused', async () => {
    const source = Buffer.concat([
      Buffer.from('<?xml version="1.0" encoding="iso-8859-12"?>'),
      drawing(`<title>a</title>${square}`),
    ])
    await expect(lossless(source)).rejects.toMatchObject({ kind: 'source-unsupported' })
  })

  test('keeps letters that are not ASCII', async () => {
    const { body } = await lossless(drawing(`<title>größer 日本</title>${square}`))
    expect(Buffer.from(body).toString()).toMatch(/größer 日本/)
  })
})

describe('the look', () => {
  test('a thin line that vanishes is seen', async () => {
    const line = '<path d="M0 40h100" stroke="#000"/>'
    expect(await findDifference(drawing(square + line), drawing(square))).toMatch(/differently/)
  })
  test('another size is seen', async () => {
    expect(
      await findDifference(drawing(square), Buffer.from(drawing(square).toString().replace('80', '90'))),
    ).toMatch(/size/)
  })
})

test('pictures inside the document are not fetched, comments hide nothing', () => {
  expect(cssFetches('fill: url(#a); mask: url("data:image/png;base64,AA")')).toBe(false)
  expect(cssFetches('fill: url(/**/http://x)')).toBe(true)
})
