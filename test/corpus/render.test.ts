import { createServer } from 'node:net'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asFailure } from '../../errors.ts'
import { statusOf } from '../../problem.ts'
import {
  admit,
  exact,
  type Facts,
  identify,
  type OutputFormat,
  outputFormats,
  parse,
  plan,
  upright,
} from '../../transforms/index.ts'
import { type Processor, processOne } from '../../transforms/processor.ts'
import { createPool } from '../../transforms/render/pool.ts'
import { effortSince } from '../effort.ts'
import { aSignal } from '../signals.ts'
import { type Entry, entries, isHere, read } from './pictures.ts'

/** Above what the process had before the first picture. */
const maxGrownMegabytes = 900
const mostRefusalEffort = 2_000

const queries = [
  '',
  'auto=format',
  'q=75',
  'w=300&fm=webp',
  'w=240&h=240&fit=crop&fm=jpg',
  'w=200&h=300&fit=fill&bg=0f0&fm=png',
  'w=300&fm=avif',
  'w=160&h=90&fit=crop&crop=attention&fm=webp',
  'h=150&or=6&fm=pjpg',
  'rect=0.1,0.1,0.5,0.5&w=200&fm=webp',
  'w=128&fm=gif',
  'w=150&flip=hv&blur=20&fm=webp',
  'w=200&rot=15&fm=jpg',
  'w=120&h=120&fit=clamp&sharp=40&fm=webp',
  'w=100&h=100&fit=max&auto=format',
]

/** Each picture gets its own bytes and a fifth of the others, another fifth than its neighbour: minutes become one. */
const queriesOf = (place: number): readonly string[] =>
  queries.filter((query, i) => query === '' || i % 5 === place % 5)

const canaryPort = 8799
let pool: Processor
let idleMegabytes = 0
let canaryCalls = 0
const canary = createServer((socket) => {
  canaryCalls++
  socket.destroy()
})

const rss = (): number => process.memoryUsage.rss() / 2 ** 20

async function render(name: string, query: string) {
  const source = read(name)
  const facts = identify(source)
  admit(facts, undefined)
  const asked = plan(exact(parse(query), { formats: 'avif,webp', saveData: false }), facts)
  admit(facts, asked)
  const job = { source, facts, priority: 'foreground', owner: name } as const
  return { facts, plan: asked, picture: await processOne(pool, job, asked, aSignal()) }
}

type Outcome = { readonly effort: number } & (
  | { readonly made: Awaited<ReturnType<typeof render>> }
  | { readonly kind: ReturnType<typeof asFailure>['kind'] }
)

async function outcome(name: string, query: string): Promise<Outcome> {
  const before = process.cpuUsage()
  try {
    const made = await render(name, query)
    return { made, effort: effortSince(before) }
  } catch (thrown) {
    return { kind: asFailure(thrown).kind, effort: effortSince(before) }
  }
}

async function expectAsPlanned({ facts, plan, picture }: Awaited<ReturnType<typeof render>>): Promise<void> {
  // The source's own bytes: what browsers play and libvips does not read (a film in AVIF) is told by its header.
  if (plan.source === 'instead' && facts.animated && !isMoving(facts)) {
    expect(identify(picture.body)).toMatchObject({
      format: facts.format,
      width: plan.width,
      height: plan.height,
    })
    return
  }
  const {
    format,
    width,
    height,
    pageHeight,
    pages = 1,
    orientation,
  } = await sharp(picture.body, { animated: true }).metadata()
  const shown = upright({ width, height: pageHeight ?? height, orientation: orientation ?? 1 })
  expect(shown).toEqual({ width: plan.width, height: plan.height })
  // Encoders lay equal frames together, which plays the same.
  expect(pages).toBeLessThanOrEqual(plan.pages)
  const own = plan.source ? [facts.format] : []
  const allowed = [plan.encoding, ...(plan.others ?? [])].map(({ format }) => format)
  const came = format === 'heif' ? 'avif' : format
  expect([...allowed, ...own]).toContain(came)
  expect(picture.type).toBe(outputFormats[came as OutputFormat].type)
  expect(isMoving(facts) && plan.pages === 1).toBe(
    isMoving(facts) && !outputFormats[plan.encoding.format].animation,
  )
}

/** Where nothing was asked for that must cost bytes: another format, another size, pixels for a drawing. */
function expectNoLarger({ facts, picture }: Awaited<ReturnType<typeof render>>): void {
  // An end mark that was missing is two bytes.
  if (facts.format !== 'svg') expect(picture.body.length).toBeLessThanOrEqual(facts.bytes + 2)
}

const isMoving = ({ format, pages }: Facts): boolean => (format === 'gif' || format === 'webp') && pages > 1

function expectFits(entry: Entry, result: Outcome): void {
  const expected = 'kind' in result ? 'reject' : 'ok'
  expect(entry.expect === expected || entry.lenient, `${entry.name}: ${JSON.stringify(result)}`).toBe(true)
  if (!('kind' in result)) return
  expect(statusOf(result.kind)).toBeLessThan(500)
  expect(result.effort).toBeLessThan(mostRefusalEffort)
}

describe.skipIf(!isHere)('every picture of the corpus', () => {
  beforeAll(async () => {
    await new Promise<void>((resolve) =>
      canary.listen(canaryPort, '127.0.0.1', resolve).on('error', () => resolve()),
    )
    pool = createPool({ workers: 2, maxWaiting: 100, maxWaitingPerOwner: 100, deadlineMs: 100_000 })
    await outcome('jpeg-1x1.jpg', '')
    idleMegabytes = rss()
  })
  afterAll(async () => {
    await pool.close()
    canary.close()
  })

  test.each(entries.map((entry, place) => [entry.name, entry, place] as const))(
    '%s',
    async (name, entry, place) => {
      for (const query of queriesOf(place)) {
        const result = await outcome(name, query)
        expectFits(entry, result)
        if (!('made' in result)) continue
        await expectAsPlanned(result.made)
        if (!/[wh]=|fm=|rect/.test(query)) expectNoLarger(result.made)
      }
      expect(rss() - idleMegabytes).toBeLessThan(maxGrownMegabytes)
    },
  )

  test('all eight orientations look the same', async () => {
    const pixels = async (n: number) => {
      const { picture } = await render(`orientation-${n}.jpg`, 'w=100&h=75&fit=crop&fm=png')
      return sharp(picture.body).raw().toBuffer()
    }
    // The files were saved one by one, so they differ by more than the turn; a wrong turn differs by dozens.
    const upright = await pixels(2)
    for (let n = 1; n <= 8; n++) {
      const other = await pixels(n)
      const sum = upright.reduce((all, value, i) => all + Math.abs(value - (other[i] ?? 0)), 0)
      expect(sum / upright.length, `orientation ${n}`).toBeLessThan(12)
    }
  })

  test('nothing that an SVG points at was fetched', () => {
    expect(canaryCalls).toBe(0)
  })
})
