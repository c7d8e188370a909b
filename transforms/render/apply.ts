// Carries a plan out: opens the source as what it is, has the steps done, encodes, and checks what came out.
import type { Sharp } from 'sharp'
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { outputFormats } from '../formats.ts'
import { identify } from '../identify.ts'
import { afresh, letGo, orFailure, pixelsOf, run } from '../pixels/run.ts'
import { mostCompared, mostSampled } from '../plan/choices.ts'
import type { Encoding, Plan } from '../plan/plan.ts'
import type { Size } from '../steps/geometry/sizes.ts'
import { needsFrames } from '../steps/index.ts'
import { hasColourEdges } from './colour-edges.ts'
import { encode, type Movement } from './encode.ts'
import { framesOf, movementOf, played } from './frames.ts'
import { staysGray } from './our-colours.ts'
import { isWhole, ownBytes } from './own.ts'
import { begun } from './passes.ts'
import { quantised } from './quantised.ts'
import { type Bounds, mostRead, moves, wholeSeconds } from './reading.ts'
import { asOwn, checked, formatOf, type Rendered } from './rendered.ts'
import { searched } from './searched.ts'
import { mostLookedAt, smallest } from './smallest.ts'
import type { Start } from './start.ts'
import { still } from './steps/index.ts'

export type { Bounds } from './reading.ts'
export type { Rendered } from './rendered.ts'

/**
 * The picture that `plan` describes, exactly `plan.width` by `plan.height`, in sRGB and without metadata. Fails with
 * 'source-broken' for pixels that cannot be decoded and with 'late' past the time.
 */
export const render = (source: Uint8Array, plan: Plan, bounds: Bounds = {}): Promise<Rendered> =>
  orFailure(() => rendered(source, plan, bounds))

async function rendered(source: Uint8Array, asked: Plan, bounds: Bounds): Promise<Rendered> {
  const { ffmpeg = 'ffmpeg', timeoutMs = 60_000, facts = identify(source) } = bounds
  const startedAt = performance.now()
  const left = () => Math.max(1, timeoutMs - (performance.now() - startedAt))
  // Loaded only here: a picture needs no other program.
  if (asked.video) await (await import('./film/index.ts')).requireEncoder(ffmpeg, asked.video.format)
  const { plan, start, faces } = await begun({ plan: asked, facts }, { source, bounds, left })
  const way = { start, bounds: { ...bounds, timeoutMs: left() } }
  const made = { ...(await coloured(source, plan, way)), ...(faces && { faces }) }
  const { keep } = asked
  // Loaded only here: a plain render reads no metadata.
  const kept = keep ? (await import('./metadata.ts')).withKept(made, { source, facts, keep }) : made
  // Last, since its index counts every byte before it; loaded only here.
  return plan.hdr === 'map'
    ? (await import('./hdr/kept-map.ts')).withKeptMap(kept, { source, facts, plan })
    : kept
}

interface Way {
  readonly start: Start
  readonly bounds: Bounds & { readonly timeoutMs: number }
}

/** In other colours than sRGB, whose profile counts among the bytes that are allowed. */
async function coloured(source: Uint8Array, plan: Plan, way: Way): Promise<Rendered> {
  if (plan.hdr === 'samples' && !plan.source)
    return (await import('./hdr/ten-bits.ts')).inTenBits(source, { ...way, facts: way.start.facts, plan })
  if (!plan.space) return picture(source, plan, way)
  // Loaded only here: a plain picture has no profile.
  const { mostProfileBytes, tagged } = await import('./tagged.ts')
  const { inSpaceOfPlan } = await import('./plan-colours.ts')
  const { maxBytes } = plan
  const left = maxBytes === undefined ? {} : { maxBytes: Math.max(1, maxBytes - mostProfileBytes) }
  return tagged(await picture(source, inSpaceOfPlan({ ...plan, ...left }), way), plan)
}

async function picture(source: Uint8Array, plan: Plan, { start, bounds }: Way): Promise<Rendered> {
  const { facts } = start
  const { ffmpeg = 'ffmpeg', timeoutMs } = bounds
  const startedAt = performance.now()
  const own = await ownBytes(source, facts, plan)
  const reading = { facts, maxPixels: mostRead(bounds), seconds: wholeSeconds(timeoutMs) }
  if (own && plan.source !== 'smallest' && (await isWhole(own, reading))) return asOwn(own, facts, plan)
  if (plan.source === 'only') throw new Failure('too-costly', 'The picture would cost too much to make.')
  const { image, size, movement } = await start.open()
  const task = {
    movement,
    facts,
    size,
    plan,
    source,
    further: bounds.further ?? [],
    fonts: bounds.fonts,
    ffmpeg,
    timeoutAt: startedAt + timeoutMs,
    start,
    endsAt: startedAt + timeoutMs * searchShare,
  }
  const first = await pictureOf(image.timeout({ seconds: reading.seconds }), task)
  const made = await withinBytes(first, task)
  const isSmaller = own !== undefined && own.length <= made.body.length
  return isSmaller && (await isWhole(own, reading)) ? asOwn(own, facts, plan) : made
}

/** In no more bytes than the plan allows, where a lower quality can do that. */
async function withinBytes(made: Rendered, task: Task): Promise<Rendered> {
  const { plan, facts } = task
  const { maxBytes = made.body.length } = plan
  if (
    plan.tell ||
    plan.video ||
    made.body.length <= maxBytes ||
    plan.width * plan.height * plan.pages > mostCompared
  )
    return made
  const { inBytes } = await import('./in-bytes.ts')
  const { image } = await task.start.open()
  const { done, movement } = await finished(image, task)
  const format = formatOf(made)
  const encoding = [plan.encoding, ...(plan.others ?? [])].find((each) => each.format === format)
  const ours = movement === undefined && staysGray(facts, plan, format)
  const body = await inBytes(await pixelsOf(done), {
    encoding: encoding ?? plan.encoding,
    movement,
    isGray: ours,
    maxBytes,
    endsAt: task.endsAt,
  })
  return body && body.length < made.body.length ? { ...made, body } : made
}

interface Task {
  /** Of an animation that sharp itself does not know as one. */
  readonly movement: Movement | undefined
  readonly facts: Facts
  /** Of the decoded picture: the facts' own, or that of an SVG's drawing. */
  readonly size: Size
  readonly plan: Plan
  readonly source: Uint8Array
  readonly further: readonly Uint8Array[]
  readonly fonts: string | undefined
  readonly ffmpeg: string
  /** From `performance.now()`: the picture is late then. */
  readonly timeoutAt: number
  readonly start: Start
  /** From `performance.now()`: nothing that could be done without begins after it. */
  readonly endsAt: number
}

async function pictureOf(image: Sharp, task: Task): Promise<Rendered> {
  const { encoding, others = [], tell, video, width, height } = task.plan
  if (video) {
    const { filmed } = await import('./film/index.ts')
    const { done, movement } = await finished(image, task)
    return filmed(await pixelsOf(done), { ...task, movement, video })
  }
  if (tell) {
    // Loaded only here: a plain render hashes nothing.
    const { told } = await import('./told.ts')
    const { done } = await finished(image, task)
    return { ...(await told(await pixelsOf(done), tell, task)), width, height, pages: 1 }
  }
  const found = encoding.score === undefined ? undefined : await searched(image, task)
  if (found && others.length === 0) return found
  // What was found stands in for the plan's own encoding, beside the others.
  const made = await encoded(image, task, found ? others : [encoding, ...others])
  if (made && (!found || made.body.length < found.body.length)) return made
  if (found) return found
  throw new RangeError('a plan without an encoding')
}

/** Undefined where none of the ways suits the pixels. */
async function encoded(source: Sharp, task: Task, ways: readonly Encoding[]): Promise<Rendered | undefined> {
  const ready = await finished(source, task)
  if (isSampled(task.plan)) return streamed(ready, { ...task, plan: await sampled(task, ways) })
  if (!isCompared(task.plan)) return streamed(ready, task)
  const { best, pixels } = await compared(ready, task, ways)
  return best && checked({ data: best.data, info: pixels }, task.plan, best.encoding)
}

interface Ready {
  /** All steps done but the encoder's. */
  readonly done: Sharp
  readonly movement: Movement | undefined
  readonly isApart: boolean
}

async function finished(image: Sharp, task: Task): Promise<Ready> {
  const { facts, plan } = task
  const whole = moves(facts, plan) ? (task.movement ?? (await movementOf(image, plan.film))) : undefined
  const isApart = whole !== undefined && needsFrames(plan)
  const made = await (isApart ? framesOf : still)(image, task)
  const done = await quantised(made, plan.encoding)
  if (!whole || !plan.film) return { done, movement: whole, isApart }
  const { frames, movement } = await played(done, whole, plan.film)
  return { done: frames, movement, isApart: true }
}

/** Of the pixels nothing but their size is left. */
async function compared({ done, movement, isApart }: Ready, task: Task, ways: readonly Encoding[]) {
  const { facts, plan, source, endsAt } = task
  const isGray = ({ format }: Encoding) => movement === undefined && staysGray(facts, plan, format)
  const again = facts.format === 'gif' && !isApart ? () => done.clone() : undefined
  const pixels = await pixelsOf(again ? done.clone() : done)
  const best = await smallest({ pixels, again, movement, isGray, sourceBytes: source.length, endsAt }, ways)
  letGo(pixels.data)
  return { pixels, best }
}

/** A film that is too long to be held in memory. */
const isSampled = ({ others, width, height, pages }: Plan): boolean =>
  others !== undefined && width * height * pages > mostCompared

/** The same plan with the one encoding that is the smallest for the first frames. */
async function sampled(task: Task, ways: readonly Encoding[]): Promise<Plan> {
  const { facts, start } = task
  const { others: _, ...plan } = task.plan
  const { film: __, ...sample } = plan
  const pages = Math.max(2, Math.floor(mostSampled / (plan.width * plan.height)))
  const some = { ...task, facts: { ...facts, pages }, plan: { ...sample, pages } }
  const { image, movement } = await start.open({ pages })
  const { best } = await compared(await finished(image, { ...some, movement }), some, ways)
  return best ? { ...plan, encoding: best.encoding } : plan
}

/** Whether finished pixels are looked at before they are encoded. */
function isCompared({ encoding, others, width, height, pages }: Plan): boolean {
  if (others || encoding.format === 'jxl') return true
  const isLossless = encoding.format === 'png' || (encoding.format === 'webp' && encoding.lossless)
  if (isLossless) return width * height * pages <= mostCompared
  return pages === 1 && outputFormats[encoding.format].lossy && width * height <= mostLookedAt
}

async function streamed({ done: image, movement }: Ready, task: Task): Promise<Rendered> {
  const { facts, plan } = task
  const { encoding } = plan
  const isGray = movement === undefined && staysGray(facts, plan, encoding.format)
  // The AVIF encoder would write the source's EXIF orientation as a turn (irot), and the picture is upright already;
  // pixels alone have no orientation.
  const clean = encoding.format === 'avif' && !isGray ? await afresh(image) : image
  const ours = isGray ? clean.toColourspace('b-w') : clean
  const colourEdges = movement !== undefined && (await firstHasColourEdges(task))
  const { data, info } = await run(encode(ours, encoding, { movement, colourEdges }))
  return checked({ data, info: { ...info, height: info.pageHeight ?? info.height } }, plan, encoding)
}

/** Of an animation, by its first frame: the others are mostly alike, and all of them would take too much memory. */
async function firstHasColourEdges({ start, plan, further, fonts }: Task): Promise<boolean> {
  if (plan.encoding.format !== 'webp' || plan.encoding.lossless) return false
  const { image, size } = await start.open({ animated: false, pages: 1 })
  return hasColourEdges(await pixelsOf(await still(image, { size, plan, further, fonts })))
}

/** Of all the time there is, a part: a picture is due, and the last probe ends when it ends. */
const searchShare = 1 / 3
