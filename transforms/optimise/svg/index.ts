// SVG: takes the first of SVGO's plans, from daring to timid, whose result is drawn like the source. Active content is
// always removed.

import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { brotliCompress, gzipSync } from 'node:zlib'
import { Failure } from '../../../errors.ts'
import type { Facts } from '../../facts.ts'
import { documentOf, isGzip } from '../../identify/svg.ts'
import type { Candidate, Winner } from '../smallest-candidate.ts'
import { holdsActive } from './active-content.ts'
import { findDifference } from './rendering-equality.ts'
import type { SvgoPlan } from './svgo-worker.ts'

const planMs = 8_000
/** Drawn four times at 0.64 megapixels, 5 ms a pass and megapixel (price.ts): some ten seconds. */
const mostPasses = 800
/** Animations and parts for other documents do not show in a still drawing, so no plan that could break them is tried. */
const unseen = /<(\w+:)?(animate|set|symbol|view)\b|@keyframes|@media|:hover|:target|transition\s*:/i

export interface SvgCandidates {
  readonly candidates: readonly Candidate[]
  /** The source, or the source without its active content. */
  readonly original: Winner
  readonly close: () => Promise<unknown>
}

export async function chooseSvgCandidates(source: Uint8Array, facts: Facts): Promise<SvgCandidates> {
  if (facts.scans > mostPasses)
    throw new Failure(
      'too-costly',
      'The SVG would cost too much to draw: it has too many filters and layers.',
    )
  const gzipped = isGzip(source)
  const document = expandEntities(source)
  const thread = startThread()
  const pack = (text: string): Uint8Array => (gzipped ? gzipSync(text, { level: 9 }) : Buffer.from(text))
  const candidate = (plan: SvgoPlan): Candidate => ({
    name: `svgo ${plan}`,
    format: 'svg',
    fallback: plan !== 'full',
    make: async () => pack(await thread.run(document, plan)),
    findFault: async (body) => (await findDifference(source, body)) ?? (await findHeavier(source, body)),
  })
  const plans: SvgoPlan[] = unseen.test(document) ? ['careful', 'tidy'] : ['full', 'careful', 'tidy']
  const original = { body: source, format: 'svg', name: 'original', dropped: [] } as const
  try {
    if (!holdsActive(documentOf(source)))
      return { candidates: plans.map(candidate), original, close: thread.close }
    const body = pack(await thread.run(document, 'safe'))
    if (holdsActive(documentOf(body))) throw refuseActive()
    const cleaned: Winner = {
      body,
      format: 'svg',
      name: 'active content removed',
      dropped: ['active content'],
    }
    const candidates = plans.map((plan) => ({ ...candidate(plan), dropped: cleaned.dropped }))
    return { candidates, original: cleaned, close: thread.close }
  } catch (thrown) {
    await thread.close()
    throw thrown
  }
}

const refuseActive = (): Failure =>
  new Failure('source-unsupported', 'The SVG holds scripts or outside parts that cannot be removed.')

const compress = promisify(brotliCompress)

/** SVG is sent compressed, so a result that is shorter as text and larger once compressed is refused. */
async function findHeavier(before: Uint8Array, after: Uint8Array): Promise<string | undefined> {
  const [old, now] = await Promise.all(
    [before, after].map((bytes) => compress(Buffer.from(documentOf(bytes), 'latin1'))),
  )
  return (now?.length ?? 0) > (old?.length ?? 0) ? 'larger once compressed' : undefined
}

function decodeText(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes)
  } catch (cause) {
    throw new Failure('source-unsupported', `The SVG is written in ${encoding}, which is not read here.`, {
      cause,
    })
  }
}

/** The document with its own entities replaced: SVGO would read an entity that holds markup as text. */
function expandEntities(source: Uint8Array): string {
  const bytes = Buffer.from(documentOf(source), 'latin1')
  const declared = /^[^>]*encoding\s*=\s*["']([\w-]+)/i.exec(bytes.toString('latin1', 0, 200))?.[1] ?? 'utf-8'
  const document = decodeText(bytes, declared)
  const opened = /<!DOCTYPE[^<[>]*\[/i.exec(document)
  if (!opened) return document
  const from = opened.index + opened[0].length
  const closed = /\]\s*>/.exec(document.slice(from))
  if (!closed) return document
  const declarations = document.slice(from, from + closed.index)
  const entities = new Map(
    [...declarations.matchAll(/<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g)].map(
      ([, name = '', double, single]) => [name, double ?? single ?? ''],
    ),
  )
  const content = document.slice(0, opened.index) + document.slice(from + closed.index + closed[0].length)
  return content.replace(/&([\w.:-]+);/g, (reference, name) => entities.get(name) ?? reference)
}

interface SvgoThread {
  readonly run: (document: string, plan: SvgoPlan) => Promise<string>
  readonly close: () => Promise<unknown>
}

function startThread(): SvgoThread {
  const worker = new Worker(new URL('svgo-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 400 },
  })
  let ended: string | undefined
  worker.on('error', () => {
    ended = 'SVGO gave up'
  })
  const run = (document: string, plan: SvgoPlan) =>
    new Promise<string>((resolve, reject) => {
      if (ended) return reject(new Failure('too-costly', ended))
      const timer = setTimeout(() => {
        ended = 'SVGO took too long'
        void worker.terminate()
      }, planMs)
      const end = () => {
        clearTimeout(timer)
        reject(new Failure('too-costly', ended ?? 'SVGO gave up'))
      }
      worker.once('exit', end)
      worker.once('message', ({ made, fault }: { made?: string; fault?: string }) => {
        clearTimeout(timer)
        worker.off('exit', end)
        if (made === undefined) reject(new Failure('source-broken', fault ?? 'SVGO cannot read it'))
        else resolve(made)
      })
      worker.postMessage({ document, plan })
    })
  return { run, close: () => worker.terminate() }
}
