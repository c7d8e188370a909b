// How well the price of a picture (transforms/price.ts) foretells what it costs: about 300 jobs, pictures of the corpus under
// options of every kind, each rendered alone, its CPU time read from the process.
//
//   node bench/price.ts [--corpus <folder>] [--cases <folder>]
//
// Prints the rank correlation of price and cost, and how far off the price is by encoder, decoder and step.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Facts, identify, type Plan, parse, plan, price, stepsIn } from '../transforms/index.ts'
import { exact } from '../transforms/language/exact.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { render } from '../transforms/render/apply.ts'
import { machine } from './machine.ts'

const beside = (name: string): string => fileURLToPath(new URL(`../../shared/${name}`, import.meta.url))
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string', default: beside('corpus') },
    cases: { type: 'string', default: beside('cases') },
  },
})

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
]
const queriesEach = 8
interface Job {
  readonly picture: string
  readonly query: string
  readonly source: Uint8Array
  readonly facts: Facts
  readonly plan: Plan
}

function jobs(): Job[] {
  return pictures.flatMap((picture, n) => {
    const file = [join(options.corpus, picture), join(options.cases, picture)].find(existsSync)
    if (!file) return []
    const source = readFileSync(file)
    const facts = identify(source)
    return Array.from(
      { length: queriesEach },
      (_, i) => queries[(n * queriesEach + i * 3) % queries.length] ?? '',
    ).map((query) => {
      const spec = exact(parse(query), { formats: 'basic', saveData: false })
      return { picture, query, source, facts, plan: plan(spec, facts) }
    })
  })
}

/** Milliseconds of CPU of all threads; the least of a few runs, for others use the machine too. */
async function costOf({ source, plan, facts }: Job): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let spent = 0, runs = 0; runs < 2 || (spent < 60 && runs < 8); runs++) {
    const before = process.cpuUsage()
    await render(source, plan, { facts, timeoutMs: 600_000 })
    const { user, system } = process.cpuUsage(before)
    const ms = (user + system) / 1000
    spent += ms
    least = Math.min(least, ms)
    if (ms > 1_000) break
  }
  return least
}

interface Measured {
  readonly picture: string
  readonly query: string
  readonly price: number
  readonly cost: number
  readonly groups: readonly string[]
}

const groupsOf = ({ facts, plan: { encoding, ...steps } }: Job): string[] => [
  `from ${facts.format}${facts.pages > 1 ? ' moving' : ''}`,
  `to ${encoding.format}${encoding.lossless && encoding.format !== 'png' && encoding.format !== 'gif' ? ' lossless' : ''}${
    encoding.score === undefined ? '' : ' searched'
  }${steps.pages > 1 ? ' moving' : ''}`,
  ...stepsIn(steps),
]

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Spearman's: the correlation of the places in two orders; equals share the mean of their places. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)]
  const mean = (a.length - 1) / 2
  const sum = (f: (i: number) => number) => a.reduce((all, _, i) => all + f(i), 0)
  const [dx, dy] = [(i: number) => (x[i] ?? 0) - mean, (i: number) => (y[i] ?? 0) - mean]
  return sum((i) => dx(i) * dy(i)) / Math.sqrt(sum((i) => dx(i) ** 2) * sum((i) => dy(i) ** 2))
}

function ranks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2)
}

const measured: Measured[] = []
for (const job of jobs()) {
  const { picture, query, facts, plan } = job
  const asked = price(plan, facts)
  measured.push({
    picture,
    query,
    price: Math.round(asked * 10) / 10,
    cost: Math.round((await costOf(job)) * 10) / 10,
    groups: groupsOf(job),
  })
  if (measured.length % 50 === 0) console.error(`${measured.length} jobs`)
}

const summary = {
  jobs: measured.length,
  rankCorrelation: Number(
    rankCorrelation(
      measured.map((m) => m.price),
      measured.map((m) => m.cost),
    ).toFixed(3),
  ),
  medianCostOverPrice: Number(median(measured.map((m) => m.cost / m.price)).toFixed(2)),
  within2: Number(
    (measured.filter((m) => m.cost / m.price > 0.5 && m.cost / m.price < 2).length / measured.length).toFixed(
      2,
    ),
  ),
  dearerThan3Prices: measured.filter((m) => m.cost > 3 * m.price).length,
}
const byGroup = [...new Set(measured.flatMap((m) => m.groups))].toSorted().map((group) => {
  const ratios = measured.filter((m) => m.groups.includes(group)).map((m) => m.cost / m.price)
  return {
    group,
    jobs: ratios.length,
    least: Math.min(...ratios).toFixed(2),
    median: median(ratios).toFixed(2),
    most: Math.max(...ratios).toFixed(2),
  }
})
console.table(byGroup)
console.log(summary)
const task = 'milliseconds of CPU of one render against its price; see bench/price.ts'
writeFileSync(
  new URL('./results/price.json', import.meta.url),
  `${JSON.stringify({ task, machine: { ...machine(), libraries: sharp.versions }, summary, byGroup, measured }, undefined, 1)}\n`,
)
