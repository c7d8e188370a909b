// `halftone explain URL`: the meaning of the URL step by step, and the picture it would become. Nothing is rendered.
import { pino } from 'pino'
import type { Assembly } from '../assembly/context.ts'
import { edgeLanguages } from '../assembly/edge-languages.ts'
import { edgeSources } from '../assembly/edge-sources.ts'
import { assembleLoaders } from '../assembly/loaders.ts'
import { createOneProcess } from '../assembly/one-process.ts'
import type { Config } from '../config.ts'
import { type EdgeSource, makeExact } from '../edge/exact-request.ts'
import type { ReadAddress } from '../edge/languages/index.ts'
import { asFailure, Failure } from '../errors.ts'
import { createMetrics } from '../metrics.ts'
import { noEpochs } from '../purging/index.ts'
import {
  affordable,
  defaultLimits,
  type Facts,
  furtherSources,
  identify,
  type Pass,
  parseExactPath,
  passesOf,
  plan,
  price,
  type SourceName,
  type Spec,
  stepsIn,
} from '../transforms/index.ts'
import { splitUrl } from './sign.ts'

interface ExplainOptions {
  readonly url: string
  readonly accept: string
  readonly saveData?: boolean
  readonly json?: boolean
}

export async function explain(
  config: Config,
  { url, accept, saveData, json }: ExplainOptions,
): Promise<void> {
  const { target } = splitUrl(url)
  const sources = edgeSources(config)
  const read = edgeLanguages(config)
  const unsigned: ReadAddress = (whole) => ({ ...read(whole), verify: () => {} })
  const headers = { accept, ...(saveData ? { 'save-data': 'on' } : {}) }
  // The signature is reported beside the rest, so that a link can be understood before it is signed.
  const exact = makeExact({ target, headers, now: Date.now() }, sources, unsigned)
  const steps = {
    source: exact.source,
    signature: signatureOf(read, target, sources.get(exact.source)),
    spec: exact.spec,
    key: exact.path,
    vary: exact.vary || 'nothing',
    ...(await pictureOf(config, exact.path)),
  }
  console.log(json ? JSON.stringify(steps, null, 2) : Object.entries(steps).map(line).join('\n'))
}

const line = ([name, value]: [string, unknown]): string =>
  `${name.padEnd(10)} ${typeof value === 'string' ? value : JSON.stringify(value)}`

function signatureOf(read: ReadAddress, target: string, source: EdgeSource | undefined): string {
  if (!source) return 'not needed'
  try {
    read(target).verify(source.signing)
    return source.signing.keys.length > 0 ? 'right' : 'not needed'
  } catch (error) {
    return asFailure(error).message
  }
}

/** Loads the source to look at its first bytes. What goes wrong is part of the explanation. */
async function pictureOf(config: Config, path: string): Promise<Record<string, unknown>> {
  const assembly: Assembly = {
    config,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    version: '',
    refused: () => {},
    redis: undefined,
    sharing: undefined,
    closing: [],
    faults: [],
    ...createOneProcess(config),
    epochs: noEpochs,
  }
  try {
    const { source, path: place, spec } = parseExactPath(path)
    const loaders = await assembleLoaders(assembly)
    const [bytes, ...further] = await Promise.all(
      [{ source, path: place }, ...furtherSources(spec)].map((each) => bytesOf(each, loaders)),
    )
    if (!bytes) throw new RangeError('a picture without a source')
    if (spec.format === 'original') return { answer: `the source's own ${bytes.length} bytes` }
    return describeOptions(identify(bytes), spec, further.map(identify))
  } catch (error) {
    return { fault: asFailure(error).message }
  } finally {
    for (const close of assembly.closing.reverse()) await close()
  }
}

type Loaders = Awaited<ReturnType<typeof assembleLoaders>>

async function bytesOf({ source, path }: SourceName, loaders: Loaders): Promise<Uint8Array> {
  const loader = loaders.get(source)
  if (!loader) throw new Failure('unknown-source', `There is no source named '${source}'.`)
  const { signal } = new AbortController()
  const bytes = await (await loader.load(path, signal)).read(signal)
  if (!bytes) throw new Failure('source-failed', 'The source changed while it was read.')
  return bytes
}

function describeOptions(facts: Facts, spec: Spec, further: readonly Facts[]): Record<string, unknown> {
  if (spec.format === 'json') return { facts, answer: 'these facts as JSON' }
  const made = affordable(plan(spec, facts, further), facts, defaultLimits)
  return {
    facts,
    format: made.encoding.format,
    steps: passesOf(made).map(stepsOf).join(', then '),
    ...(made.source && { answer: ownAnswers[made.source] }),
    plan: made,
    price: `about ${Math.round(price(made, facts))} ms of CPU`,
  }
}

const stepsOf = (pass: Pass): string => stepsIn(pass).join(' -> ') || 'none'

const ownAnswers = {
  instead: "the source's own bytes, without metadata",
  only: "the source's own bytes, without metadata: another answer would cost too much",
  smallest: "the source's own bytes, without metadata, unless something smaller is made",
} as const
