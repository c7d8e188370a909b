// Writes and reads the headers between the API and a processing node: the order, the figures and the load. Pure.
import { z } from 'zod'
import { Failure } from '../errors.ts'
import { failureHeader, isFailureKind } from '../problem.ts'
import { keepableMetadata, levels } from '../transforms/optimise/request.ts'
import type { Figures, Load, Order } from './processing.ts'

export const processPath = '/process'
export const healthPath = '/healthz'
export const orderHeader = 'halftone-order'
export const figuresHeader = 'halftone-figures'
const loadHeader = 'halftone-load'

type OrderRequest = Omit<Order, 'file'>
type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>

const pack = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const unpack = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString())

/** The order without its file, as base64url of JSON. */
export const writeOrder = ({ edit, optimise, owner, priority }: OrderRequest): string =>
  pack({ edit, optimise, owner, priority })

const level = Object.keys(levels) as [keyof typeof levels]
const positive = z.int().min(1)

/** Strict, so that a field that this node does not know is refused, and not silently ignored. */
const orderSchema = z.strictObject({
  edit: z.string().max(4000).default(''),
  optimise: z
    .strictObject({
      mode: z.enum(['lossless', 'lossy', 'quality']).default('lossy'),
      level: z.enum(level).optional(),
      quality: z.int().min(1).max(100).optional(),
      maxBytes: positive.optional(),
      format: z.enum(['same', 'auto', 'jpeg', 'png', 'webp', 'avif', 'gif']).optional(),
      keep: z.array(z.enum(keepableMetadata)).optional(),
      budgetMs: z.number().min(0).optional(),
      chroma: z.enum(['4:2:0', '4:2:2', '4:4:4']).optional(),
      progressive: z.boolean().optional(),
    })
    .prefault({}),
  owner: z.string().max(200).default(''),
  priority: z.enum(['foreground', 'background']).default('foreground'),
})

/**
 * Accepts plain JSON as well, for people. Without a header the picture is optimised as it is. Fails with 'bad-option'.
 */
export function readOrder(header: string | undefined): OrderRequest {
  const expected = 'base64url of JSON with edit, optimise, owner and priority'
  let value: unknown
  try {
    value = header === undefined ? {} : header.startsWith('{') ? JSON.parse(header) : unpack(header)
  } catch (cause) {
    throw new Failure('bad-option', 'The order cannot be read.', { option: orderHeader, expected, cause })
  }
  const read = orderSchema.safeParse(value)
  if (read.success) return read.data as OrderRequest
  const [issue] = read.error.issues
  const place = issue?.path.join('.')
  throw new Failure('bad-option', `The order is not valid: ${place ? `${place}: ` : ''}${issue?.message}.`, {
    option: orderHeader,
    expected,
  })
}

/** Bytes of the figures' header: clients and Node accept 16 kB of headers in all. */
const mostFigures = 12_000
const longestWords = 200
const mostTried = 50

/** The figures as one header, and the most important ones again in headers that a person can read. */
export function writeFigures(figures: Figures): Record<string, string> {
  const { report, ms } = figures
  return {
    'content-type': figures.type,
    [figuresHeader]: shortenFigures(figures),
    'halftone-source-bytes': String(report.sourceBytes),
    'halftone-bytes': String(report.bytes),
    'halftone-saved': String(report.saved),
    ...(report.score !== undefined && { 'halftone-score': report.score.toFixed(1) }),
    ...(report.quality !== undefined && { 'halftone-quality': String(report.quality) }),
    'halftone-ms': String(ms),
  }
}

/** Only the list of attempts can grow long. It is cut from the front, so that the chosen one stays longest. */
function shortenFigures(figures: Figures): string {
  const whole = pack(figures)
  if (whole.length <= mostFigures) return whole
  const cut = (words: string) => words.slice(0, longestWords)
  const tried = figures.report.tried
    .slice(-mostTried)
    .map((each) => ({ ...each, verdict: cut(each.verdict) }))
  const report = { ...figures.report, reason: cut(figures.report.reason), tried }
  for (; tried.length > 0; tried.shift()) {
    const text = pack({ ...figures, report })
    if (text.length <= mostFigures) return text
  }
  return pack({ ...figures, report: { ...report, tried: [], dropped: [] } })
}

/** Undefined for an answer without figures: no processing node made it. */
export function readFigures(headers: ReceivedHeaders): Figures | undefined {
  const text = headers[figuresHeader]
  try {
    return typeof text === 'string' ? (unpack(text) as Figures) : undefined
  } catch {
    return undefined
  }
}

export const writeLoad = ({ waiting, running, workers }: Load): Record<string, string> => ({
  [loadHeader]: `${waiting} ${running} ${workers}`,
})

export function readLoad(headers: ReceivedHeaders): Load | undefined {
  const [waiting, running, workers] = String(headers[loadHeader] ?? '')
    .split(' ')
    .map(Number)
  if (waiting === undefined || running === undefined || workers === undefined) return undefined
  return Number.isFinite(waiting + running + workers) ? { waiting, running, workers } : undefined
}

/** The failure of a problem answer; undefined where a machine between the nodes made the answer. */
export function readFailure(headers: ReceivedHeaders, body: Buffer): Failure | undefined {
  const kind = headers[failureHeader]
  if (!isFailureKind(kind)) return undefined
  const { detail, option, expected, received } = parseProblem(body)
  const seconds = Number(headers['retry-after'])
  return new Failure(kind, typeof detail === 'string' ? detail : 'The processing node failed.', {
    ...(typeof option === 'string' && { option }),
    ...(typeof expected === 'string' && { expected }),
    ...(typeof received === 'string' && { received }),
    ...(Number.isFinite(seconds) && { retryAfterSeconds: seconds }),
  })
}

function parseProblem(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(body.toString())
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
