// Addresses of other services over HTTP: built by their own client libraries, answered with the right pixels, and one
// picture in the cache whatever language it is asked in.
import { Cloudinary } from '@cloudinary/url-gen'
import { fill, scale } from '@cloudinary/url-gen/actions/resize'
import imgix from '@imgix/js-core'
import { generateImageInfoUrl, generateImageUrl } from '@imgproxy/imgproxy-node'
import sharp from 'sharp'
import ThumborUrlBuilder from 'thumbor-url-builder'
import * as unpic from 'unpic'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answered, aNode, aSource, type Node, type SourceServer, siteOf } from './cdn.ts'

/** Its types name the class as a member of what is imported, which is the class itself. */
const ImgixClient = imgix as unknown as typeof imgix.default

const key = '00112233445566778899aabbccddeeff'
const salt = 'a0b1c2d3e4f5'
const thumborKey = 'river-stone-42'

let source: SourceServer
let node: Node
let signed: Node

beforeAll(async () => {
  const dot = await sharp({ create: { width: 100, height: 80, channels: 3, background: '#000' } })
    .png()
    .toBuffer()
  source = await aSource({
    '/quarters.png': await quarters(),
    '/none.png': await quarters(),
    '/dot.png': dot,
  })
  const languages = {
    cloudflare: { source: 'shop' },
    imgproxy: { source: 'shop' },
    next: { source: 'shop' },
    ipx: { source: 'shop' },
    weserv: { hosts: ['wsrv.test'] },
    thumbor: { source: 'shop' },
    cloudinary: { source: 'shop', prefix: '/res' },
  }
  const sources = { shop: siteOf(source) }
  node = await aNode({ sources, languages })
  signed = await aNode({
    sources,
    languages: { imgproxy: { keys: [{ key, salt }] }, thumbor: { source: 'shop', keys: [thumborKey] } },
  })
}, 120_000)
afterAll(async () => {
  await node?.stop()
  await signed?.stop()
  await source?.stop()
})

const colours = {
  topLeft: [255, 0, 0],
  topRight: [0, 160, 0],
  bottomLeft: [0, 0, 255],
  bottomRight: [255, 255, 0],
} as const

/** 800 x 600: four colours, so that what is cut, turned or distorted shows. */
async function quarters(): Promise<Buffer> {
  const [a, b, c, d] = Object.values(colours).map(([r = 0, g = 0, blue = 0]) => ({ r, g, b: blue }))
  const tile = (background: typeof a, left: number, top: number) => ({
    input: {
      create: {
        width: 400,
        height: 300,
        channels: 3 as const,
        background: background ?? { r: 0, g: 0, b: 0 },
      },
    },
    ...{ left, top },
  })
  return sharp({ create: { width: 800, height: 600, channels: 3, background: '#000' } })
    .composite([tile(a, 0, 0), tile(b, 400, 0), tile(c, 0, 300), tile(d, 400, 300)])
    .removeAlpha()
    .png()
    .toBuffer()
}

type Corner = keyof typeof colours

/** The size, and what is seen near the four corners. */
async function seen({
  status,
  body,
}: Answered): Promise<readonly [number, string, readonly (Corner | string)[]]> {
  if (status !== 200) return [status, body.toString().slice(0, 300), []]
  const { data, info } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number): string => {
    const from = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
    const pixel = [...data.subarray(from, from + 3)]
    const near = Object.entries(colours).find(([, colour]) =>
      colour.every((c, i) => Math.abs(c - (pixel[i] ?? 0)) < 40),
    )
    return near?.[0] ?? pixel.join(',')
  }
  return [status, `${info.width}x${info.height}`, [at(0.1, 0.1), at(0.9, 0.1), at(0.1, 0.9), at(0.9, 0.9)]]
}

const all: readonly Corner[] = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight']
/** Of an address that a client library built, what is asked of a server whose base URL it was given. */
const target = (url: string): string => url.replace(/^https?:\/\/[^/]+/, '')

describe('one picture in every language', () => {
  const base = 'w=300&h=200&fit=crop&fm=jpg&q=80'
  const spoken = (): Readonly<Record<string, string>> => ({
    native: `/shop/quarters.png?${base}`,
    cloudflare: '/cdn-cgi/image/width=300,height=200,fit=cover,format=baseline-jpeg,quality=80/quarters.png',
    imgproxy: '/imgproxy/_/rs:fill:300:200:1/q:80/plain/quarters.png@jpg',
    ipx: '/_ipx/s_300x200,enlarge,f_jpg,q_80/quarters.png',
    weserv: `/weserv/?url=${encodeURIComponent(`${source.url}/quarters.png`)}&w=300&h=200&fit=cover&output=jpg&q=80`,
    thumbor: '/thumbor/unsafe/300x200/filters:format(jpeg):quality(80)/quarters.png',
    cloudinary: '/res/demo/image/upload/c_fill,w_300,h_200/f_jpg,q_80/v1/quarters.png',
  })

  test('the first makes it, the others are hits with the same bytes', async () => {
    const answers = new Map<string, Answered>()
    for (const [name, address] of Object.entries(spoken())) answers.set(name, await node.get(address))
    const [first, ...others] = [...answers.values()]
    expect(await seen(first as Answered)).toEqual([200, '300x200', all])
    expect(first?.tiers.at(-1)).toMatch(/^halftone-edge; fwd=uri-miss/)
    for (const [name, answer] of [...answers].slice(1))
      expect([name, answer.tiers.at(-1)]).toEqual([name, expect.stringMatching(/^halftone-edge; hit/)])
    expect(others.every(({ body }) => body.equals(first?.body as Buffer))).toBe(true)
  })

  test('and so are those of Next.js, whose components know a width alone', async () => {
    const headers = { accept: 'image/avif,image/webp' }
    const made = await node.get('/_next/image?url=%2Fquarters.png&w=640&q=75', headers)
    expect(await seen(made)).toEqual([200, '640x480', all])
    expect(made.headers.vary).toBe('Accept')
    for (const address of [
      '/shop/quarters.png?w=640&fit=max&q=75&auto=format',
      '/cdn-cgi/image/w=640,q=75,f=auto/quarters.png',
      '/imgproxy/_/w:640/q:75/f:best/plain/quarters.png',
      '/_ipx/w_640&q_75&f_auto&animated/quarters.png',
      '/res/image/upload/c_limit,w_640/f_auto,q_75/quarters.png',
    ]) {
      const answer = await node.get(address, headers)
      expect([address, answer.tiers.at(-1)]).toEqual([address, expect.stringMatching(/^halftone-edge; hit/)])
      expect(answer.body.equals(made.body)).toBe(true)
    }
  })
})

describe('addresses of client libraries', () => {
  const cld = new Cloudinary({ cloud: { cloudName: 'demo' }, url: { analytics: false } })

  test('@cloudinary/url-gen', async () => {
    const cropped = cld.image('quarters.png').resize(fill().width(400).height(200)).format('png').toURL()
    expect(await seen(await node.get(`/res${target(cropped)}`))).toEqual([200, '400x200', all])
    const scaled = cld.image('quarters.png').resize(scale().width(100)).quality(80).toURL()
    expect(await seen(await node.get(`/res${target(scaled)}`))).toEqual([200, '100x75', all])
  })

  test('@imgix/js-core', async () => {
    const client = new ImgixClient({ domain: 'demo.imgix.net' })
    const url = client.buildURL('/shop/quarters.png', {
      w: 200,
      h: 200,
      fit: 'crop',
      crop: 'left',
      fm: 'png',
    })
    const half = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight']
    expect(await seen(await node.get(target(url)))).toEqual([200, '200x200', half])
    const widths = [
      ...client.buildSrcSet('/shop/quarters.png', {}, { widths: [100, 200] }).matchAll(/(\S+) (\d+)w/g),
    ]
    for (const [, address = '', width] of widths)
      expect((await seen(await node.get(target(address))))[1]).toMatch(new RegExp(`^${width}x`))
  })

  test('@imgproxy/imgproxy-node, signed', async () => {
    const url = `${source.url}/quarters.png`
    const options = {
      resizing_type: 'fill',
      width: 300,
      height: 300,
      gravity: { type: 'we' },
      enlarge: 1,
      format: 'png',
    } as const
    for (const displayAs of ['plain', 'base64'] as const) {
      const built = generateImageUrl({
        endpoint: 'https://img.example/',
        url: { value: url, displayAs },
        options,
        key,
        salt,
      })
      const answer = await signed.get(`/imgproxy${target(built)}`)
      expect(await seen(answer)).toEqual([200, '300x300', all])
      expect((await signed.get(`/imgproxy${target(built).replace('300', '301')}`)).status).toBe(403)
    }
    const info = generateImageInfoUrl({ endpoint: 'https://img.example/', url, options: {}, key, salt })
    const { body } = await signed.get(`/imgproxy${target(info)}`)
    expect(JSON.parse(body.toString())).toMatchObject({
      format: 'png',
      width: 800,
      height: 600,
      mime_type: 'image/png',
    })
  })

  test('thumbor-url-builder, signed', async () => {
    const built = new ThumborUrlBuilder(thumborKey, 'https://thumbs.example')
      .setImagePath('quarters.png')
      .crop(400, 1, 800, 600)
      .resize(100, 100)
      .flipVertically()
      .filter('format(png)')
      .buildUrl()
    const upsideDown = ['bottomRight', 'bottomRight', 'topRight', 'topRight']
    expect(await seen(await signed.get(`/thumbor${target(built)}`))).toEqual([200, '100x100', upsideDown])
    expect((await signed.get('/thumbor/unsafe/100x100/quarters.png')).status).toBe(403)
  })

  test.each([
    ['cloudflare', 'quarters.png', '', {}],
    ['nextjs', '/quarters.png', '', {}],
    ['ipx', 'quarters.png', '', {}],
    ['cloudinary', 'https://res.cloudinary.com/demo/image/upload/quarters.png', '/res', {}],
    ['imgix', 'https://demo.imgix.net/shop/quarters.png', '', {}],
  ] as const)('unpic, %s', async (provider, src, prefix, options) => {
    const url = unpic.transformUrl({ url: src, provider, width: 640, quality: 75, ...options })
    expect(url).toBeDefined()
    expect(await seen(await node.get(prefix + target(url ?? '')))).toEqual([200, '640x480', all])
  })

  test('unpic, wsrv, on a host of its own', async () => {
    const url = unpic.transformUrl({
      url: `${source.url}/quarters.png`,
      provider: 'wsrv',
      width: 320,
      height: 320,
    })
    const answer = await node.get(target(url ?? ''), { host: 'wsrv.test' })
    expect(await seen(answer)).toEqual([200, '320x320', all])
    // Elsewhere the same path is the start page.
    expect((await node.get(target(url ?? ''))).headers['content-type']).toMatch(/^text\/html/)
  })
})

test('a layer and a watermark are seen where they were asked for', async () => {
  const layered = '/res/image/upload/w_400/l_dot.png/fl_layer_apply,g_north_west,x_0,y_0/f_png/quarters.png'
  const [, size, corners] = await seen(await node.get(layered))
  expect([size, corners]).toEqual(['400x300', ['0,0,0', 'topRight', 'bottomLeft', 'bottomRight']])
  const marked = `/thumbor/unsafe/400x0/filters:watermark(dot.png,-1,-1,0):format(png)/quarters.png`
  expect((await seen(await node.get(marked)))[2]).toEqual(['topLeft', 'topRight', 'bottomLeft', '0,0,0'])
})

describe('answers in the shape of another service', () => {
  const json = async (path: string) => JSON.parse((await node.get(path)).body.toString())

  test('facts', async () => {
    expect(await json('/cdn-cgi/image/format=json/quarters.png')).toMatchObject({
      width: 800,
      height: 600,
      original: { format: 'image/png' },
    })
    expect(await json('/res/image/upload/fl_getinfo/quarters.png')).toMatchObject({
      input: { width: 800, height: 600, format: 'png' },
    })
    const address = encodeURIComponent(`${source.url}/quarters.png`)
    expect(await json(`/weserv/?url=${address}&output=json`)).toMatchObject({
      format: 'png',
      width: 800,
      channels: 3,
      pages: 1,
    })
    expect(await json('/thumbor/unsafe/meta/-400x200/quarters.png')).toEqual({
      thumbor: {
        source: { url: 'quarters.png', width: 800, height: 600, frameCount: 1 },
        operations: [
          { type: 'crop', left: 0, top: 100, right: 800, bottom: 500 },
          { type: 'resize', width: 400, height: 200 },
          { type: 'flip_horizontally' },
        ],
        target: { width: 400, height: 200 },
      },
    })
  })

  test('another picture for one that is missing, with the status that says so', async () => {
    const answer = await node.get('/res/image/upload/w_100,d_none.png/missing.png')
    expect(answer.status).toBe(404)
    expect(await seen({ ...answer, status: 200 })).toEqual([200, '100x75', all])
  })

  test('what is refused is told by name', async () => {
    const { status, body } = await node.get('/cdn-cgi/image/w=100,segment=foreground/quarters.png')
    expect([status, JSON.parse(body.toString())]).toMatchObject([
      400,
      { option: 'segment', detail: 'segment is not supported' },
    ])
    const elsewhere = await node.get('/weserv/?url=elsewhere.example/a.png')
    expect([elsewhere.status, JSON.parse(elsewhere.body.toString())]).toMatchObject([
      403,
      { expected: expect.stringContaining("{ hosts: ['elsewhere.example'] }") },
    ])
  })
})
