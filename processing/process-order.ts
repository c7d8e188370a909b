// Carries out one order on a worker's thread: reads the source, identifies it, edits, optimises, and reports.
import { readFile, stat } from 'node:fs/promises'
import { asFailure, Failure } from '../errors.ts'
import { isGzip, isSvg, unzipped } from '../transforms/identify/svg.ts'
import {
  admit,
  defaultLimits,
  type Facts,
  identify,
  identifySource,
  type Limits,
  outputFormats,
  plan,
  upright,
} from '../transforms/index.ts'
import { identifyInDetail } from '../transforms/optimise/identification.ts'
import { optimise } from '../transforms/optimise/index.ts'
import type {
  Optimised,
  OptimisedFormat,
  OptimiseReport,
  OptimiseRequest,
} from '../transforms/optimise/request.ts'
import { restoreExif } from '../transforms/optimise/restore-metadata.ts'
import { countColours } from '../transforms/optimise/unique-colours.ts'
import { orFailure } from '../transforms/pixels/run.ts'
import { ended } from '../transforms/pixels/unended.ts'
import { render } from '../transforms/render/apply.ts'
import { changesNothing, readEdit } from './edit.ts'
import { type BudgetSlot, countMegapixels, takeMegapixels } from './megapixel-budget.ts'
import type { Figures, Order } from './processing.ts'
import { chooseRoute, dropCodingOptions, type Route } from './route.ts'

export interface OrderBounds {
  readonly limits: Limits
  /** Milliseconds that the optimiser may search. */
  readonly budgetMs: number
  /** Milliseconds that are left. An edit, and the wait for the megapixel budget, may take no longer. */
  readonly timeoutMs: number
  /** Absent where no other picture is made at the same time. */
  readonly slot?: BudgetSlot
}

export interface OrderResult {
  readonly figures: Omit<Figures, 'ms' | 'waitMs'>
  readonly body: Uint8Array
}

type OrderTask = Pick<Order, 'file' | 'edit' | 'optimise'>

/** An error of a library becomes a failure of the source, as in a render. */
export const processOrder = (task: OrderTask, bounds: OrderBounds): Promise<OrderResult> =>
  orFailure(() => carryOut(task, bounds))

async function carryOut(
  { file, edit, optimise: request }: OrderTask,
  bounds: OrderBounds,
): Promise<OrderResult> {
  const source = await readSource(file, bounds.limits.maxSourceBytes)
  const facts = identifySource(source)
  admit(facts, undefined, bounds.limits)
  if (bounds.slot) takeMegapixels(bounds.slot, countMegapixels(facts), bounds.timeoutMs)
  const whole = await ended(source, facts)
  // A JPEG that already is what the edit asks for keeps its pixels.
  const needed = edit === '' || changesNothing(edit, facts) ? '' : edit
  const route = chooseRoute(facts, needed, needed === edit ? request : dropCodingOptions(request))
  const result = await (route.through ? optimiseDrawn : optimiseSource)({
    source,
    whole,
    facts,
    edit: needed,
    route,
    bounds,
  })
  const figures = {
    source: {
      ...identifyInDetail(source, identifySource),
      bytes: source.length,
      uniqueColours: await countColours(whole),
    },
    result: identifyInDetail(result.body),
    format: result.format,
    type: getMediaType(result.format),
    ...upright(identify(result.body)),
    report: result.report,
  }
  return { figures, body: result.body }
}

async function readSource(file: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await stat(file)
  if (size > maxBytes)
    throw new Failure('source-too-large', `The source picture is larger than ${maxBytes} bytes.`)
  const bytes = await readFile(file)
  // A gzipped SVG under the type of SVG would not be shown: only a content-encoding header can announce gzip.
  return isGzip(bytes) && isSvg(bytes) ? unzipped(bytes) : bytes
}

const getMediaType = (format: OptimisedFormat): string =>
  format === 'svg' ? 'image/svg+xml' : outputFormats[format].type

interface RoutedSource {
  readonly source: Uint8Array
  /** The source, with the end marker of a JPEG added where only that is missing. */
  readonly whole: Uint8Array
  readonly facts: Facts
  readonly edit: string
  readonly route: Route
  readonly bounds: OrderBounds
}

async function optimiseSource({ source, route, bounds }: RoutedSource): Promise<Optimised> {
  const made = await optimise(source, limitBudget(route.request, bounds.budgetMs), bounds.limits)
  return { ...made, report: addNote(made.report, route.note) }
}

const limitBudget = (request: OptimiseRequest, budgetMs: number): OptimiseRequest => ({
  ...request,
  budgetMs: Math.min(request.budgetMs ?? Number.POSITIVE_INFINITY, budgetMs),
})

const addNote = (report: OptimiseReport, note: string | undefined): OptimiseReport =>
  note === undefined ? report : { ...report, reason: `${report.reason}; ${note}` }

/** Drawn pixels were admitted before; their file is large only because it is packed lightly. */
const drawnLimits: Limits = {
  ...defaultLimits,
  maxSourceBytes: Number.POSITIVE_INFINITY,
  maxSourcePixels: Number.POSITIVE_INFINITY,
}

/** Draws the picture as pixels and optimises those. The report counts bytes from the source. */
async function optimiseDrawn(input: RoutedSource): Promise<Optimised> {
  const { source, facts, route, bounds } = input
  const startedAt = performance.now()
  const pixels = await drawPixels(input)
  const budgetMs = Math.max(1, bounds.budgetMs - (performance.now() - startedAt))
  const request = limitBudget(route.request, budgetMs)
  const made = route.seeks
    ? await findSmallestFormat(pixels, request)
    : await optimise(pixels, request, drawnLimits)
  const body = restoreExif(made.body, made.format, { source, facts, keep: request.keep ?? [] })
  const isPlain = made.report.chosen === 'original'
  const report: OptimiseReport = {
    ...made.report,
    ...(isPlain && { chosen: 'drawn', reason: 'nothing that may stand in for the drawn pixels is smaller' }),
    sourceBytes: source.length,
    bytes: body.length,
    saved: source.length - body.length,
  }
  return { body, format: made.format, report: addNote(report, route.note) }
}

async function drawPixels({ whole, facts, edit, route, bounds }: RoutedSource): Promise<Uint8Array> {
  const { through = 'png' } = route
  const spec = { ...readEdit(edit), format: through, ...(through === 'webp' && { lossless: true }) }
  // Packed lightly: the optimiser makes it small afterwards.
  const { others: _, source: __, ...how } = plan(spec, facts)
  const size = upright(facts)
  // The URL language limits every side. A picture that is only converted must not be shrunk by that.
  if (edit === '' && facts.format !== 'svg' && (how.width !== size.width || how.height !== size.height))
    throw new Failure(
      'too-costly',
      `A picture of ${size.width} x ${size.height} pixels cannot be converted so.`,
    )
  admit(facts, how, bounds.limits)
  const { limits, timeoutMs } = bounds
  const maxPixels = Math.max(limits.maxSourcePixels, limits.maxTotalPixels)
  return (await render(whole, how, { facts, timeoutMs, maxPixels })).body
}

/** A search by AVIF, probes and final encodes together, takes 2.5 s a megapixel. */
const avifMsPerMegapixel = 2_500

/** Optimises drawn pixels of a photograph into each format that suits one, and takes the smallest. PNG does not. */
async function findSmallestFormat(pixels: Uint8Array, request: OptimiseRequest): Promise<Optimised> {
  const { width, height, alpha } = identify(pixels)
  const endsAt = performance.now() + (request.budgetMs ?? 0)
  const isQuick = ((width * height) / 1e6) * avifMsPerMegapixel < (request.budgetMs ?? 0)
  const formats = [
    ...(alpha ? [] : (['jpeg'] as const)),
    'webp',
    ...(isQuick ? (['avif'] as const) : []),
  ] as const
  const made: Optimised[] = []
  let failure: Failure | undefined
  for (const format of formats) {
    const budgetMs = endsAt - performance.now()
    if (made.length > 0 && budgetMs <= 0) break
    try {
      made.push(await optimise(pixels, { ...request, format, budgetMs: Math.max(1, budgetMs) }, drawnLimits))
    } catch (thrown) {
      failure = asFailure(thrown)
      if (failure.kind !== 'bad-option') throw failure
    }
  }
  const [best] = made.toSorted((a, b) => a.body.length - b.body.length)
  if (!best) throw failure ?? new Failure('internal', 'No format was tried.')
  const tried = made.flatMap((each) =>
    each.report.tried.map((attempt) =>
      each !== best && attempt.verdict === 'chosen' ? { ...attempt, verdict: 'larger' } : attempt,
    ),
  )
  return { ...best, report: { ...best.report, tried } }
}
