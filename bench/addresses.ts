// `node bench/addresses.ts FOLDER ...`: every picture of some folders through sixteen typical addresses of a whole server.
// Prints what came by address. Fails for any 5xx, and for a result that is larger than its source without a reason.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { keep } from './report.ts'
import { startHalftone } from './servers.ts'

/** What a browser of the day says, and what one says that reads neither WebP nor AVIF. */
const accepts = {
  modern: 'image/avif,image/webp,image/png,image/*,*/*;q=0.8',
  webp: 'image/webp,image/png,image/*,*/*;q=0.8',
  old: 'image/png,image/*,*/*;q=0.8',
} as const

const addresses: readonly (readonly [query: string, accept: keyof typeof accepts])[] = [
  ['', 'modern'],
  ['q=75', 'modern'],
  ['q=auto', 'modern'],
  ['auto=format', 'modern'],
  ['auto=format', 'webp'],
  ['auto=format', 'old'],
  ['auto=format,compress', 'modern'],
  ['lossless=true&auto=format', 'modern'],
  ['w=300', 'modern'],
  ['w=300&auto=format', 'modern'],
  ['w=640&fit=max', 'modern'],
  ['w=640&fit=max&auto=format', 'modern'],
  ['w=200&h=200&fit=crop&auto=format', 'modern'],
  ['fm=jpg', 'modern'],
  ['fm=webp', 'modern'],
  ['fm=png', 'modern'],
]

const atOnce = 2
/** A busy machine is not what is looked at. */
const patienceMs = 300_000

interface Facts {
  readonly format: string
  readonly width: number
  readonly height: number
}

interface Outcome {
  readonly file: string
  readonly status: number
  readonly sourceBytes: number
  readonly bytes: number
  readonly type: string
  /** Why it may be larger than its source. */
  readonly reason?: string
}

const folders = process.argv.slice(2)
if (folders.length === 0) {
  console.error('Name the folders whose pictures are to be asked for.')
  process.exit(1)
}

const settings = mkdtempSync(join(tmpdir(), 'halftone-addresses-'))
const config = join(settings, 'halftone.config.ts')
const sources = Object.fromEntries(folders.map((folder, i) => [`s${i}`, { folder: resolve(folder) }]))
writeFileSync(config, `export default { sources: ${JSON.stringify(sources)} }\n`)
const server = await startHalftone({
  HALFTONE_CONFIG: config,
  HALFTONE_RENDER_DEADLINE: '4m',
  HALFTONE_SHIELD_DEADLINE: '5m',
  HALFTONE_EDGE_DEADLINE: '5m',
})
try {
  const files = folders.flatMap((folder, i) =>
    readdirSync(folder)
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => `s${i}/${encodeURIComponent(name)}`),
  )
  const facts = new Map(await mapped(files, async (file) => [file, await factsOf(file)] as const))
  const table: Record<string, Record<string, number>> = {}
  const raw: Record<string, readonly Outcome[]> = {}
  for (const [query, accept] of addresses) {
    const name = `${query || '(bare)'}${accept === 'modern' ? '' : ` for a ${accept} reader`}`
    const outcomes = await mapped(files, (file) => ask(file, query, { accept, facts: facts.get(file) }))
    table[name] = summary(outcomes)
    console.log(`${name}: ${JSON.stringify(table[name])}`)
    raw[name] = outcomes.filter(isLarger)
    for (const each of outcomes.filter(({ status }) => status >= 500))
      console.error(`${each.status} ${each.file}?${query}`)
    for (const { file, sourceBytes, bytes, type, reason } of outcomes.filter(isLarger))
      if (reason === undefined) console.error(`${file}?${query}: ${sourceBytes} -> ${bytes} (${type})`)
  }
  console.table(table)
  const about = `${files.length} files through ${addresses.length} addresses: what came, and what is larger than its source`
  keep('addresses', { about, rows: table, ratios: {}, raw })
  if (Object.values(table).some((row) => row['5xx'] || row.unexplained)) process.exitCode = 1
} finally {
  await server.stop()
  rmSync(settings, { recursive: true, force: true })
}

async function factsOf(file: string): Promise<Facts | undefined> {
  const answer = await fetch(`${server.url}/${file}?fm=json`, { signal: AbortSignal.timeout(patienceMs) })
  return answer.ok ? ((await answer.json()) as Facts) : void (await answer.arrayBuffer())
}

interface Asking {
  readonly accept: keyof typeof accepts
  readonly facts: Facts | undefined
}

async function ask(file: string, query: string, { accept, facts }: Asking): Promise<Outcome> {
  const answer = await fetch(`${server.url}/${file}?${query}`, {
    headers: { accept: accepts[accept] },
    signal: AbortSignal.timeout(patienceMs),
  })
  const bytes = (await answer.arrayBuffer()).byteLength
  const sourceBytes = Number(answer.headers.get('halftone-source-bytes') ?? bytes)
  const type = answer.headers.get('content-type') ?? ''
  const outcome = { file, status: answer.status, sourceBytes, bytes, type }
  const reason = facts && reasonFor(query, { ...outcome, facts, accept })
  return reason === undefined ? outcome : { ...outcome, reason }
}

/** What the address, the client or the source asks for that costs bytes. */
function reasonFor(
  query: string,
  { facts, accept, type, sourceBytes, bytes }: Outcome & Asking,
): string | undefined {
  if (/fm=/.test(query)) return 'the format is named'
  if (/(^|&)[wh]=/.test(query)) return 'another size is named'
  if (facts?.format === 'svg') return 'a drawing became pixels'
  const isRead =
    facts?.format === 'avif'
      ? accept === 'modern' || !query.includes('format')
      : facts?.format === 'webp'
        ? accept !== 'old' || !query.includes('format')
        : ['jpeg', 'png', 'gif'].includes(facts?.format ?? '')
  if (!isRead) return "the client does not read the source's format"
  if (query.includes('lossless') && !type.endsWith(facts?.format ?? '')) return 'no loss is asked for by name'
  return bytes - sourceBytes === 2 ? 'its end mark was missing' : undefined
}

function isLarger({ status, bytes, sourceBytes }: Outcome): boolean {
  return status === 200 && bytes > sourceBytes
}

function summary(outcomes: readonly Outcome[]): Record<string, number> {
  const made = outcomes.filter(({ status }) => status === 200)
  const larger = made.filter(isLarger)
  const sum = (of: (outcome: Outcome) => number) => made.reduce((all, each) => all + of(each), 0)
  return {
    pictures: made.length,
    refused: outcomes.filter(({ status }) => status >= 400 && status < 500).length,
    '5xx': outcomes.filter(({ status }) => status >= 500).length,
    'share of bytes': sum(({ bytes }) => bytes) / sum(({ sourceBytes }) => sourceBytes),
    'larger as asked': larger.filter(({ reason }) => reason !== undefined).length,
    unexplained: larger.filter(({ reason }) => reason === undefined).length,
  }
}

/** Some at once, in order. */
async function mapped<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const found: R[] = []
  let next = 0
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) found[at] = await make(items[at] as T)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return found
}
