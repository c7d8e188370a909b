// How well the price of a picture (transforms/price.ts) foretells what it costs: about 300 jobs, pictures of the corpus under
// options of every kind, each rendered alone, its user CPU time read from the process and from the programs that it ran.
//
//   node bench/price.ts [--part 1/3] [--prices] [--corpus <folder>] [--cases <folder>]
//
// `--part` measures a third of the jobs and keeps the others' costs as they were measured last; `--prices` measures nothing,
// and holds today's prices against them. Prints the rank correlation of price and cost, and how far off the price is by
// encoder, decoder and step.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { price, stepsIn } from '../transforms/index.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { passesOf } from '../transforms/plan/passes.ts'
import { render } from '../transforms/render/apply.ts'
import { machine } from './machine.ts'
import { type Job, jobOf, jobsOf } from './price-jobs.ts'

const beside = (name: string): string => fileURLToPath(new URL(`../../shared/${name}`, import.meta.url))
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string', default: beside('corpus') },
    cases: { type: 'string', default: beside('cases') },
    part: { type: 'string', default: '1/1' },
    prices: { type: 'boolean', default: false },
  },
})
const results = new URL('./results/price.json', import.meta.url)
const fixtures = fileURLToPath(new URL('../test/fixtures', import.meta.url))

/** Milliseconds of user CPU of all threads, and of the programs that were waited for. */
function userMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return process.cpuUsage().user / 1000 + Number(fields[13]) * 10
}

/** The least of a few runs, for others use the machine too. */
async function least(job: Job): Promise<number> {
  let found = Number.POSITIVE_INFINITY
  for (let spent = 0, runs = 0; runs < 2 || (spent < 60 && runs < 8); runs++) {
    // Faces are remembered by the bytes of a picture: behind its end these say nothing else.
    const source = job.query.includes('face') ? padded(job.source, runs) : job.source
    const before = userMs()
    await render(source, job.plan, { facts: job.facts, timeoutMs: 600_000 })
    const ms = userMs() - before
    spent += ms
    found = Math.min(found, ms)
    if (ms > 1_000) break
  }
  return found
}

const padded = (source: Uint8Array, by: number): Uint8Array => Buffer.concat([source, Buffer.alloc(by, ' ')])

/**
 * What the yardstick takes on the machine that the rates are written for. Beside every job it is measured anew: a machine
 * that is slower this minute is so for both.
 */
const yardstickMs = 20
/** Jobs on either side of one whose yardsticks are looked at with its own: one alone may be off by a half. */
const near = 3

interface Cost {
  readonly picture: string
  readonly query: string
  /** As it was measured. */
  readonly ms: number
  /** The median of those near it. */
  readonly yardstick: number
}

/** In milliseconds of a machine whose yardstick takes `yardstickMs`. */
const costOf = ({ ms, yardstick }: Cost): number => tenths((ms * yardstickMs) / yardstick)

async function measure(jobs: readonly Job[]): Promise<Cost[]> {
  const yard = jobs.find(({ picture }) => picture === 'kodak-03-hats.png')
  const stick = yard && jobOf(yard.picture, yard.source, 'w=700&fm=webp&q=80')
  if (!stick) throw new Error('the picture of the yardstick is not in the corpus')
  const [part = 1, parts = 1] = options.part.split('/').map(Number)
  const mine = jobs.filter((_, n) => n % parts === part - 1)
  // What is loaded once counts for none of them.
  for (const job of mine.slice(0, 5)) await render(job.source, job.plan, { facts: job.facts })
  const costs: Cost[] = []
  for (const job of mine) {
    const { picture, query } = job
    costs.push({ picture, query, yardstick: await least(stick), ms: tenths(await least(job)) })
    if (costs.length % 50 === 0) console.error(`${costs.length} of ${mine.length} jobs`)
  }
  const sticks = costs.map(({ yardstick }) => yardstick)
  return costs.map((cost, n) => ({
    ...cost,
    yardstick: tenths(median(sticks.slice(Math.max(0, n - near), n + near + 1))),
  }))
}

const tenths = (value: number): number => Math.round(value * 10) / 10

const groupsOf = ({ facts, plan }: Job): string[] => {
  const { encoding, tell, video, before, hdr } = plan
  const kind = encoding.lossless && encoding.format !== 'png' && encoding.format !== 'gif' ? ' lossless' : ''
  const moving = plan.pages > 1 ? ' moving' : ''
  const written = `${encoding.format}${kind}${encoding.score === undefined ? '' : ' searched'}${moving}`
  return [
    `from ${facts.format}${facts.pages > 1 ? ' moving' : ''}`,
    `to ${tell?.kind ?? video?.format ?? written}`,
    ...(before ? ['passes'] : []),
    ...(hdr ? ['hdr'] : []),
    ...new Set(passesOf(plan).flatMap(stepsIn)),
  ]
}

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

const all = jobsOf([options.corpus, options.cases, fixtures])
const nameOf = ({ picture, query }: Pick<Cost, 'picture' | 'query'>): string => `${picture}?${query}`
const known: readonly Cost[] = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')).measured : []
const costs = new Map(
  [...known.filter(({ ms }) => ms !== undefined), ...(options.prices ? [] : await measure(all))].map(
    (cost) => [nameOf(cost), cost],
  ),
)
const measured = all.flatMap((job) => {
  const cost = costs.get(nameOf(job))
  const asked = tenths(price(job.plan, job.facts))
  return cost ? [{ ...cost, cost: costOf(cost), price: asked, groups: groupsOf(job) }] : []
})
const ratios = measured.map(({ cost, price }) => cost / price)
const summary = {
  jobs: measured.length,
  rankCorrelation: Number(
    rankCorrelation(
      measured.map((m) => m.price),
      measured.map((m) => m.cost),
    ).toFixed(3),
  ),
  medianCostOverPrice: Number(median(ratios).toFixed(2)),
  dearerThan2Prices: ratios.filter((ratio) => ratio > 2).length,
  mostCostOverPrice: Number(Math.max(...ratios).toFixed(2)),
  within2: Number((ratios.filter((ratio) => ratio > 0.5 && ratio < 2).length / ratios.length).toFixed(2)),
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
console.table(
  measured
    .toSorted((a, b) => b.cost / b.price - a.cost / a.price)
    .slice(0, 12)
    .map(({ picture, query, price, cost }) => ({ picture, query, price, cost })),
)
console.log(summary)
const task = `milliseconds of user CPU of one render, at a yardstick of ${yardstickMs} ms, against its price; see bench/price.ts`
writeFileSync(
  results,
  `${JSON.stringify({ task, machine: { ...machine(), libraries: sharp.versions }, summary, byGroup, measured }, undefined, 1)}\n`,
)
