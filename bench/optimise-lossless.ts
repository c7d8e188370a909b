// The optimiser without loss over the corpus's PNG and JPEG files: bytes in all, in the geometric mean, and one core's time.
//
//   node bench/optimise-lossless.ts [--budget 30] [--corpus <folder>]
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { identify } from '../transforms/identify.ts'
import { optimise } from '../transforms/optimise/index.ts'
import { machine } from './machine.ts'

const { values: options } = parseArgs({
  options: {
    budget: { type: 'string', default: '30' },
    corpus: { type: 'string', default: fileURLToPath(new URL('../../shared/corpus', import.meta.url)) },
  },
})

interface Entry {
  readonly name: string
  readonly format: string
  readonly class: string
  readonly expect: string
  readonly lenient: boolean
}

interface Row {
  readonly file: string
  readonly before: number
  readonly after: number
  readonly chosen: string
  readonly ms: number
}

const drawn = ['png', 'product', 'screenshot', 'logo']
const sets: Readonly<Record<string, (entry: Entry) => boolean>> = {
  'PNG, drawn and cut out': ({ format, class: kind }) => format === 'png' && drawn.includes(kind),
  'PNG, photographs': ({ format, class: kind }) => format === 'png' && kind === 'photo',
  'JPEG, photographs': ({ format, class: kind }) => format === 'jpeg' && kind === 'photo',
}

async function measure({ name }: Entry): Promise<Row> {
  const source = readFileSync(join(options.corpus, name))
  const before = process.cpuUsage()
  const { body, report } = await optimise(source, {
    mode: 'lossless',
    budgetMs: Number(options.budget) * 1000,
  })
  const { user, system } = process.cpuUsage(before)
  const ms = Math.round((user + system) / 1000)
  return { file: name, before: source.length, after: body.length, chosen: report.chosen, ms }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

function summary(rows: readonly Row[]) {
  const ratio = sum(rows.map(({ after }) => after)) / sum(rows.map(({ before }) => before))
  const geometric = Math.exp(sum(rows.map(({ after, before }) => Math.log(after / before))) / rows.length)
  return {
    files: rows.length,
    bytes: Number(ratio.toFixed(4)),
    geometric: Number(geometric.toFixed(4)),
    ms: sum(rows.map(({ ms }) => ms)),
    slowestMs: Math.max(...rows.map(({ ms }) => ms)),
  }
}

const index: readonly Entry[] = JSON.parse(readFileSync(join(options.corpus, 'index.json'), 'utf8'))
/** An animated PNG is not recoded, so it would say nothing. */
const usable = index.filter(
  ({ name, format, expect, lenient }) =>
    ['png', 'jpeg'].includes(format) &&
    expect === 'ok' &&
    !lenient &&
    !identify(readFileSync(join(options.corpus, name))).animated,
)
const measuredOn = machine()
const results: Record<string, { summary: ReturnType<typeof summary>; files: Row[] }> = {}
for (const [name, holds] of Object.entries(sets)) {
  const files: Row[] = []
  for (const entry of usable.filter(holds)) files.push(await measure(entry))
  results[name] = { summary: summary(files), files }
  console.log(name, results[name].summary)
}
const report = {
  task: 'without loss, bytes against the source',
  budget: options.budget,
  machine: measuredOn,
  results,
}
writeFileSync(
  new URL('results/optimise-lossless.json', import.meta.url),
  `${JSON.stringify(report, null, 1)}\n`,
)
