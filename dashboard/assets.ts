// The scripts and styles of the pages: our own, and three libraries from node_modules. Their common address contains a
// digest of all of them, so that a browser may keep them for ever.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import { Hono } from 'hono'

const require = createRequire(import.meta.url)
const own = new URL('./assets/', import.meta.url)

const libraries: Readonly<Record<string, string>> = {
  'img-comparison-slider.js': 'img-comparison-slider/dist/index.js',
  'client-zip.js': 'client-zip',
  'uplot.js': 'uplot/dist/uPlot.esm.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
}

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

const files = new Map<string, Buffer>([
  ...readdirSync(own)
    .filter((name) => typeOf(name) !== undefined)
    .sort()
    .map((name) => [name, readFileSync(new URL(name, own))] as const),
  ...Object.entries(libraries).map(([name, from]) => [name, readFileSync(require.resolve(from))] as const),
])

const digest = createHash('sha256')
for (const [name, body] of files) digest.update(`${name} ${body.length} `).update(body)
const folder = `/_halftone/${digest.digest('hex').slice(0, 16)}/`

/** Where a page finds a file of `assets/` or a library; throws for one that is not there. */
export function assetPath(name: string): string {
  if (!files.has(name)) throw new Error(`there is no asset ${name}`)
  return `${folder}${name}`
}

/** The files, for ever; under any other digest there is nothing, so that an old page never mixes with new modules. */
export function assets(): Hono {
  const app = new Hono()
  const packed = new Map<string, Buffer>()
  app.get(`${folder}:name`, (c) => {
    const name = c.req.param('name') ?? ''
    const body = files.get(name)
    if (!body) return c.notFound()
    c.header('content-type', typeOf(name) ?? 'text/plain')
    c.header('cache-control', 'public, max-age=31536000, immutable')
    c.header('vary', 'accept-encoding')
    c.header('x-content-type-options', 'nosniff')
    c.header('cross-origin-resource-policy', 'same-origin')
    if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(new Uint8Array(body))
    const small = packed.get(name) ?? gzipSync(body)
    packed.set(name, small)
    c.header('content-encoding', 'gzip')
    return c.body(new Uint8Array(small))
  })
  return app
}

function typeOf(name: string): string | undefined {
  return types[name.slice(name.lastIndexOf('.') + 1)]
}
