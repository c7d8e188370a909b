// The rest of a large shop: hundreds of objects, made of their numbers, in all the ways in which servers send them.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { entries, isHere, read } from '../corpus/pictures.ts'
import type { ShopFile } from './shop.ts'

export type Files = Map<string, ShopFile>

const text = (type: string, body: string, more: Partial<ShopFile> = {}): ShopFile => ({
  ...{ type, body: Buffer.from(body), isPicture: false },
  ...more,
})

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** Kinds of objects: how many, and what the nth of them is. */
const kinds: readonly (readonly [
  count: number,
  path: (n: number) => string,
  make: (n: number) => ShopFile,
])[] = [
  [130, (n) => `/articles/${n}`, (n) => text('text/html; charset=utf-8', article(n))],
  [95, (n) => `/assets/${n}.abcdef.css`, (n) => text('text/css', `.a${n} { margin: ${n}px }\n`.repeat(30))],
  [95, (n) => `/assets/${n}.abcdef.mjs`, (n) => text('text/javascript', `export default ${n} // \u00e9\n`)],
  [60, (n) => `/assets/${n}.map`, (n) => text('application/json', JSON.stringify({ version: 3, n }))],
  [40, (n) => `/feeds/${n}.xml`, (n) => text('application/xml', `<?xml version="1.0"?><n>${n}</n>`)],
  [20, (n) => `/notes/${n}.txt?page=${n}`, (n) => text('text/plain', `note ${n}\n`.repeat(n))],
  [12, (n) => `/models/${n}.wasm`, (n) => ({ ...text('application/wasm', ''), body: noise(n, 20_000) })],
  [60, (n) => `/streamed/${n}`, (n) => text('text/html', article(n), { isChunked: true })],
  [60, (n) => `/moved/${n}`, moved],
  [40, (n) => `/session/${n}`, session],
  [20, (n) => `/hinted/${n}`, hinted],
  [
    30,
    (n) => `/missing/${n}`,
    (n) => text('text/html', 'nothing', { status: [404, 410, 403][n % 3] ?? 404 }),
  ],
  [12, (n) => `/films/${n}.mp4`, (n) => ({ ...text('video/mp4', ''), body: noise(n, 120_000 + n) })],
]

export function catalogue(): Files {
  const files: Files = new Map()
  for (const [count, path, make] of kinds) for (const n of numbers(count)) files.set(path(n), make(n))
  const fonts = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))
  // The smaller half of them.
  for (const name of readdirSync(fonts).filter((each) => /Bold|Mono/.test(each)))
    files.set(`/fonts/${name}`, { ...text('font/ttf', ''), body: readFileSync(join(fonts, name)) })
  for (const [path, file] of corpus()) files.set(path, file)
  return files
}

const article = (n: number): string =>
  `<!doctype html><title>Article ${n}</title>${`<p>Cap number ${n}, and no other.</p>`.repeat(5 + n)}`

/** Bytes that no coding makes shorter, the same for the same number. */
function noise(seed: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed + 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 16
  }
  return bytes
}

function moved(n: number): ShopFile {
  const status = [301, 302, 303, 307, 308][n % 5] ?? 302
  const location = n % 2 === 0 ? `/articles/${n}` : `https://elsewhere.example/${n}?a=%20`
  return text('text/plain', `see ${location}`, { status, headers: { location } })
}

function session(n: number): ShopFile {
  const cookies = [`session=${n}; Path=/; HttpOnly`, `seen=${n}; Max-Age=60`]
  const rule = ['private, max-age=60', 'no-store', 'no-cache'][n % 3] ?? 'no-store'
  return text('text/html', `<p>Hello ${n}</p>`, {
    headers: { 'set-cookie': cookies.slice(0, 1 + (n % 2)), 'cache-control': rule },
  })
}

function hinted(n: number): ShopFile {
  const hints = `</assets/${n}.abcdef.css>; rel=preload; as=style`
  return text('text/html', article(n), { hints, headers: { 'cache-control': 'no-store' } })
}

const types: Readonly<Record<string, string>> = {
  ...{ jpg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif' },
  ...{ svg: 'image/svg+xml', bmp: 'image/bmp', heic: 'image/heic', jxl: 'image/jxl', tif: 'image/tiff' },
}

/** Odd and hostile ones too, where they are there: whatever they are, no visitor gets more bytes. */
function* corpus(): Generator<[string, ShopFile]> {
  if (!isHere) return
  for (const { name } of entries) {
    const type = types[name.split('.').at(-1) ?? '']
    const body = read(name)
    if (type && body.length < 20_000) yield [`/corpus/${name}`, { type, body, isPicture: true, isOdd: true }]
  }
}
