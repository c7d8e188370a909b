// Makes a vague request exact: folds in what the client said and leaves out what has no effect, so that requests for
// the same picture get the same key.
import { type FormatClass, isVideo, withoutJxl } from '../formats.ts'
import { transparent, white, writeColour } from '../options/colour.ts'
import { present } from '../options/present.ts'
import { unexpected } from '../options/refusals.ts'
import type { Options, Spec } from './options.ts'
import { passesOf, steppedFor } from './passes.ts'
import type { Pass } from './rows-chain.ts'
import type { Client, Dependence } from './spec.ts'

/**
 * The spec of a request by this client. Fails with 'bad-option' for options that contradict each other, whatever the
 * client is.
 */
export function exact(options: Options, client: Client): Spec {
  refuseContradictions(options)
  // Facts and bytes are the source's own: nothing that is done to the picture changes them.
  if (isUnmade(options.format) && !isDetailed(options)) return { format: options.format }
  const asked = spelledOut(options)
  if (isDetailed(asked)) {
    const told = asked.listFaces ? ({ listFaces: true } as const) : ({ details: true } as const)
    return { ...steppedFor(asked.listFaces ? looked : enough, client), ...told }
  }
  const told = tellingOf(asked)
  if (told) return { ...passesOf(small(asked), client, () => true), ...played(asked, true), ...told }
  const output = encoding(asked, client)
  const isJpeg = !output.formats && (output.format === 'jpeg' || output.format === 'pjpg')
  const isIdle = (background: Spec['background']) => isJpeg && isWhite(background)
  const steps = passesOf(asked, client, isIdle)
  const { hdr, ...file } = written(asked, output)
  // Pixels between passes have no more range than a usual screen.
  return { ...steps, ...played(asked, isJpeg), ...file, ...(hdr && !steps.passes && { hdr }), ...output }
}

/** Words that stand for other options, as those. */
function spelledOut(options: Options): Options {
  const { automatic, format, passes } = options
  return {
    ...faceArea(options),
    ...(format === 'blurhash' && { placeholder: format }),
    ...(format === 'png8' && { format: 'png', colours: options.colours ?? 256 }),
    ...(automatic?.includes('enhance') && { enhance: true }),
    ...(passes && { passes: passes.map(faceArea) }),
  }
}

const faceArea = <Asked extends Pass>(options: Asked): Asked =>
  options.fit === 'facearea'
    ? { ...options, fit: 'crop', crop: ['faces'], facePad: options.facePad ?? 1 }
    : options

/** Which client facts `exact` may read for these options; the answers of all clients alike in them are the same. */
export function dependsOn(options: Options): Dependence {
  if (isUnmade(options.format) || isDetailed(options))
    return { accept: false, width: false, dpr: false, saveData: false }
  const hints = options.hints ?? []
  const isTold = tellingOf(spelledOut(options)) !== undefined
  return {
    accept: !isTold && isNegotiated(options),
    width: hints.includes('width'),
    dpr: hints.includes('dpr') && [options, ...(options.passes ?? [])].some(isSized),
    saveData: !isTold && hints.includes('save-data') && !isSaving(options) && hasQuality(options),
  }
}

const isSized = ({ width, height }: Pass): boolean => (width ?? height) !== undefined

/** Facts for which the file has to be read. */
const isDetailed = ({ format, details = false, listFaces = false }: Options): boolean =>
  format === 'json' && (details || listFaces)

/** Answered from the source alone: no picture is made. */
export const isUnmade = (format: Options['format']): format is 'json' | 'original' =>
  format === 'json' || format === 'original'

/** No client says which video it plays, so what is named is made for everybody. */
const isNegotiated = ({ automatic, format }: Options): boolean =>
  format === 'auto' || (!isVideo(format) && (automatic?.includes('format') ?? false))

/** JPEG XL is made only where the address says so, beside the others: it costs a program, and a variant more. */
const classFor = ({ automatic }: Options, { formats }: Client): FormatClass =>
  automatic?.includes('jxl') ? formats : withoutJxl(formats)

const isSaving = (options: Options): boolean => options.automatic?.includes('compress') ?? false

/** Whether a default could matter: no quality was named, and the encoder may be one that has a quality. */
function hasQuality(options: Options): boolean {
  const isLossless = options.lossless === true && !isVideo(options.format)
  return typeof options.quality !== 'number' && !isLossless && mayBeLossy(options)
}

const mayBeLossy = (options: Options): boolean =>
  isNegotiated(options) || (options.format !== 'png' && options.format !== 'png8' && options.format !== 'gif')

const isJpeg = (options: Options): boolean => options.format === 'jpeg' || options.format === 'pjpg'

// JPEG has no lossless coding that browsers read. Refused also beside auto=format, where only some clients would get
// a JPEG: whether an address is valid must not depend on who asks.
function refuseContradictions(options: Options): void {
  if (options.lossless === true && isJpeg(options)) {
    const name = options.format === 'pjpg' ? 'pjpg' : 'jpg'
    throw unexpected('lossless', 'fm=webp, fm=avif or fm=png', `fm=${name}`)
  }
  if (options.progressive === false && options.format === 'pjpg')
    throw unexpected('jpg-progressive', 'fm=jpg', 'fm=pjpg')
}

function encoding(options: Options, client: Client): Partial<Spec> {
  // What every browser reads is the class of those that read nothing else.
  const isBasic = options.format === 'basic'
  const asked = options.progressive && options.format === 'jpeg' ? 'pjpg' : options.format
  const named = isBasic || asked === 'auto' || asked === 'png8' || asked === 'blurhash' ? undefined : asked
  const formats = isNegotiated(options) ? classFor(options, client) : isBasic ? 'basic' : undefined
  // A client of the basic class gets the fallback, as if nothing had been negotiated.
  const settled = formats === 'basic' && named !== undefined
  const chosen = { format: named, formats: settled ? undefined : formats }
  const lossy = mayBeLossy({ ...options, automatic: chosen.formats ? ['format'] : [] })
  return present({ ...chosen, ...strength(options, client, lossy) })
}

/** How small the picture should be: lossless, a quality, or the kind of default. */
function strength(options: Options, client: Client, lossy: boolean): Partial<Spec> {
  if (!lossy) return {}
  if (options.lossless && !isVideo(options.format)) return { lossless: true }
  if (typeof options.quality === 'number') return { quality: options.quality }
  const asked = options.hints?.includes('save-data') && client.saveData
  return present({ quality: options.quality, saving: asked || isSaving(options) || undefined })
}

/** What is to be told instead of a picture. */
function tellingOf(options: Options): Partial<Spec> | undefined {
  const { placeholder, palette, paletteSize, palettePrefix = 'image' } = options
  if (placeholder) return { placeholder }
  if (!palette) return undefined
  return present({
    palette,
    paletteSize,
    palettePrefix: palette === 'css' && palettePrefix !== 'image' ? palettePrefix : undefined,
  })
}

/** Nothing that is told needs more pixels, and a smaller picture is read in less time. */
const enough = { width: { px: 200 }, height: { px: 200 }, fit: 'max' } as const

/** Faces are looked for in so much of it. */
const looked = { width: { px: 640 }, height: { px: 640 }, fit: 'max' } as const

const small = (options: Options): Options =>
  options.width || options.height || options.aspect || options.passes ? options : { ...options, ...enough }

/** What is said of the file: only where its format can hold it. */
function written(options: Options, { format, formats, lossless }: Partial<Spec>): Partial<Spec> {
  const mayBe = (...some: Spec['format'][]) => formats !== undefined || !format || some.includes(format)
  const { chroma, colours, colourSpace, hdr, maxBytes, metadata, iptc } = options
  return present({
    colourSpace: format === 'gif' || isVideo(format) ? undefined : colourSpace,
    hdr: hdr === 'keep' && !formats && mayBe('jpeg', 'pjpg', 'avif') ? hdr : undefined,
    chroma: !lossless && mayBe('jpeg', 'pjpg', 'avif') ? chroma : undefined,
    colours: mayBe('png', 'gif') ? colours : undefined,
    maxBytes: isVideo(format) ? undefined : maxBytes,
    metadata: metadata !== 'none' && mayBe('jpeg', 'pjpg', 'png', 'webp') ? metadata : undefined,
    iptc: iptc === 'allow' && mayBe('jpeg', 'pjpg') ? iptc : undefined,
  })
}

/** Which frames there are. A JPEG never moves, and neither does one frame: nothing is played then. */
function played(options: Options, isJpeg: boolean): Partial<Spec> {
  const { frame, page = 1, time } = options
  const first = typeof frame === 'object' ? frame[0] : frame
  const still = { page: frame === undefined && page > 1 ? page : undefined, time: time || undefined }
  if (isJpeg) return present({ ...still, frame: first === 1 ? undefined : first })
  if (typeof frame === 'number') return present({ frame, time: still.time })
  const { loop, fps, interval = 1, skip, reverse } = options
  return present({
    ...still,
    // A video does not say how often it is played.
    ...{ frame, fps, skip, loop: isVideo(options.format) ? undefined : loop },
    interval: interval > 1 ? interval : undefined,
    reverse: reverse || undefined,
  })
}

// In a JPEG white is what there is anyway; elsewhere a background means that transparency goes.
const isWhite = (colour: Spec['background']): boolean =>
  colour !== undefined && [white, transparent].some((same) => writeColour(same) === writeColour(colour))
