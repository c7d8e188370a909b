// A server for the page to look at: pictures made with sharp, and the headers that an edge would send.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import sharp, { type FitEnum } from 'sharp'
import { dashboard } from '../../dashboard/index.ts'
import { sampleNames } from '../../samples/index.ts'

type Format = 'avif' | 'jpeg' | 'png' | 'webp' | 'gif'

export interface PictureServer {
  readonly url: string
  readonly asked: string[]
  close(): Promise<void>
}

/** `dir` holds the samples; without one, every sample is a plain gradient. */
export async function pictureServer(
  dir?: string,
  names: readonly string[] = sampleNames,
): Promise<PictureServer> {
  const asked: string[] = []
  const kept = new Set<string>()
  const app = new Hono()
  app.route('/', dashboard({ version: '0.1.0', roles: ['edge', 'shield', 'origin'], samples: names }))
  app.get('/samples/:name', async (c) => {
    const path = c.req.path + new URL(c.req.url).search
    asked.push(path)
    const width = c.req.query('w') ?? '640'
    if (!/^\d+$/.test(width))
      return c.body(problem(width), 400, { 'content-type': 'application/problem+json' })
    const source = dir === undefined ? await gradient() : await readFile(join(dir, c.req.param('name')))
    const format = formatOf(c.req.query('fm'), c.req.header('accept') ?? '')
    const body = await rendered(source, {
      width: Number(width),
      height: Number(c.req.query('h')) || undefined,
      format,
      fit: c.req.query('fit'),
    })
    const isHit = kept.has(path)
    kept.add(path)
    return c.body(new Uint8Array(body), 200, {
      'content-type': `image/${format}`,
      'halftone-source-bytes': String(source.length),
      'cache-status': isHit
        ? 'halftone-origin; fwd=uri-miss; stored, halftone-edge; hit; ttl=60'
        : 'halftone-origin; fwd=uri-miss, halftone-edge; fwd=uri-miss; stored',
      'server-timing': 'load;dur=1.2, render;dur=23',
    })
  })
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { url: `http://127.0.0.1:${port}`, asked, close }
}

const problem = (received: string) =>
  JSON.stringify({
    type: 'urn:halftone:problem:bad-option',
    title: 'An option is not valid',
    status: 400,
    detail: 'Expected an integer from 1 to 8192 for w, received "wide".',
    option: 'w',
    expected: 'an integer from 1 to 8192',
    received,
  })

const gradient = (): Promise<Buffer> =>
  sharp({
    create: {
      width: 900,
      height: 600,
      channels: 3,
      background: '#d92f86',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .jpeg({ quality: 95 })
    .toBuffer()

function formatOf(named: string | undefined, accept: string): Format {
  if (named === 'jpg') return 'jpeg'
  if (named !== undefined) return named as Format
  return accept.includes('image/avif') ? 'avif' : 'jpeg'
}

interface Wish {
  readonly width: number
  readonly height: number | undefined
  readonly format: Format
  readonly fit: string | undefined
}

const fits: Readonly<Record<string, keyof FitEnum>> = {
  crop: 'cover',
  fill: 'contain',
  scale: 'fill',
  clip: 'inside',
}

const rendered = (source: Buffer, { width, height, format, fit = 'clip' }: Wish): Promise<Buffer> =>
  sharp(source, { animated: format === 'gif' })
    .autoOrient()
    .resize({ width, ...(height ? { height } : {}), fit: fits[fit] ?? 'inside', background: '#d92f86' })
    .toFormat(format, { effort: format === 'avif' ? 0 : 2 })
    .toBuffer()
