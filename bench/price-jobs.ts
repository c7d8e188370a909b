// The jobs of bench/price.ts: pictures of the corpus, each under a part of the queries, options of every kind.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../errors.ts'
import { admit, type Facts, identify, type Plan, parse, plan } from '../transforms/index.ts'
import { exact } from '../transforms/language/exact.ts'

const pictures = [
  ...['kodak-03-hats.png', 'kodak-13-mountain-stream.png', 'kodak-24-chalet.png'],
  ...['photo-03mp-red-flag.jpg', 'photo-1mp-winter-sunset.jpg', 'photo-1mp-red-rose-progressive.jpg'],
  ...['photo-2mp-stonehenge.jpg', 'photo-3mp-food-truck.jpg', 'photo-3mp-red-crowd-444.jpg'],
  ...['photo-6mp-red-phonebox-orient6.jpg', 'photo-10mp-red-panda-444.jpg'],
  ...['photo-11mp-mountain-night-progressive.jpg', 'photo-12mp-sunset-gps.jpg'],
  ...['product-red-cap-on-white.png', 'product-t-shirt.jpg', 'png-rgba-soft-edges.png'],
  ...['screenshot-device.png', 'screenshot-ui-palette.png', 'screenshot-web-p3-text.png', 'logo-squoosh.png'],
  ...['png-16bit-rgb.png', 'png-palette-trns.png', 'png-1bit.png', 'tiff-fax-1bit.tif', 'gray-portrait.jpg'],
  ...['cmyk-icc.jpg', 'icc-adobe-rgb-progressive-444.jpg', 'icc-p3-tulips.jpg', 'avif-8bit-fox.avif'],
  ...['avif-10bit-fox.avif', 'avif-alpha-plum.avif', 'webp-photo.webp', 'webp-lossless-alpha.webp'],
  ...['gif-anim-cat.gif', 'gif-anim-banana-disposal.gif', 'gif-anim-loop3.gif', 'webp-anim-loop3.webp'],
  ...['svg-gradient-entities.svg', 'logo-text.svg', 'text.png', 'gif-anim-muybridge-380.gif'],
  ...['heic-photo.heic', 'jxl-photo.jxl', 'jp2-gopher.jp2', 'icc-p3-gainmap.jpg', 'bmp-24bit.bmp'],
  ...['png-animated-apng.png', 'avif-anim.avif', 'two-pages.pdf', 'two-colours.psd', 'red-then-blue.mp4'],
]

/** Every picture gets a part of them, another part than its neighbour. */
const queries = [
  'fm=jpg',
  'w=320&fm=webp',
  'w=640&fm=avif',
  'w=800&fm=jpg',
  'fm=webp',
  'w=400&fm=png',
  'w=500&rot=20&fm=jpg',
  'w=300&fm=gif',
  'w=900&lossless=true&fm=webp',
  'fm=avif',
  'w=240&h=240&fit=crop&crop=entropy&fm=webp',
  'fm=png',
  'w=600&blur=60&fm=webp',
  'w=1200&fm=webp',
  'w=700&sharp=40&fm=jpg',
  'or=90&fm=webp',
  'fm=gif',
  'w=360&q=auto&fm=jpg',
  'rect=0.25,0.25,0.5,0.5&fm=avif',
  'w=500&lossless=true&fm=avif',
  'w=640&q=95&fm=avif',
  'w=480&q=auto&fm=webp',
  'w=1600&fm=pjpg',
  'w=300&h=500&fit=crop&crop=attention&flip=h&fm=jpg',
  'w=150&q=30&fm=webp',
  'w=800&bri=20&con=10&sat=40&fm=jpg',
  'w=900&auto=enhance&fm=jpg',
  'w=700&duotone=navy,gold&fm=jpg',
  'w=640&usm=60&fm=webp',
  'w=400&htn=8&fm=jpg',
  'w=600&mask=corners&corner-radius=40&fm=png',
  'w=700&border=20,navy&border-radius=30&fm=webp',
  'w=500&pad=40&fm=jpg',
  'w=800&h=800&fit=fill&fill=blur&fm=jpg',
  'w=700&blend=80ff0000&blend-mode=multiply&fm=jpg',
  'w=800&txt=Halftone&txt-size=60&txt-line=4&txt-shad=5&fm=jpg',
  'trim=auto&w=400&fm=webp',
  'w=300&fm=png8',
  'w=400&max-bytes=8000&fm=jpg',
  'palette=json',
  'w=500&fm=jxl',
  'w=800&hdr=keep&fm=jpg',
  'w=600&rot=10&then=w=300;blur=20;then=border=4,navy&fm=webp',
  'w=320&fm=mp4',
  'w=640&face-blur=50&fm=jpg',
  'w=640&cs=p3&fm=webp',
  'w=240&placeholder=blurhash',
]
const queriesEach = 7

/** What hardly any picture can be asked for. */
const further: readonly (readonly [picture: string, query: string])[] = [
  ['icc-p3-gainmap.jpg', 'w=800&hdr=keep&fm=jpg'],
  ['icc-p3-gainmap.jpg', 'hdr=keep&fm=jpg'],
  ['colour/hlg-10.avif', 'hdr=keep&fm=avif'],
  ['gif-anim-cat.gif', 'fm=mp4'],
  ['gif-anim-muybridge-380.gif', 'w=320&fm=mp4'],
  ['gif-anim-banana-disposal.gif', 'fm=webm'],
  ['webp-anim-loop3.webp', 'w=200&fm=webm'],
  ['webp-anim-loop3.webp', 'w=200&rot=10&then=w=150&fm=webp'],
  ['photo-3mp-portrait.jpg', 'fm=jxl'],
  ['photo-3mp-portrait.jpg', 'w=640&face-blur=50&fm=jpg'],
  ['photo-3mp-portrait.jpg', 'w=400&h=400&fit=crop&crop=faces&fm=jpg'],
]

export interface Job {
  readonly picture: string
  readonly query: string
  readonly source: Uint8Array
  readonly facts: Facts
  readonly plan: Plan
}

/** Without those that a server would refuse. */
export function jobsOf(folders: readonly string[]): Job[] {
  const some = pictures.flatMap((picture, n) =>
    Array.from(
      { length: queriesEach },
      (_, i) => [picture, queries[(n * queriesEach + i * 3) % queries.length] ?? ''] as const,
    ),
  )
  return [...some, ...further].flatMap(([picture, query]) => {
    const file = folders.map((folder) => join(folder, picture)).find(existsSync)
    return file ? (jobOf(picture, readFileSync(file), query) ?? []) : []
  })
}

/** Undefined where it cannot be done, such as a video of a still picture. */
export function jobOf(picture: string, source: Uint8Array, query: string): Job | undefined {
  try {
    const facts = identify(source)
    const spec = exact(parse(query), { formats: 'basic', saveData: false })
    const job = { picture, query, source, facts, plan: plan(spec, facts) }
    admit(facts, job.plan)
    return job
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined
    throw thrown
  }
}
