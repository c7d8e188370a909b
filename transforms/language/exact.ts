// Makes a vague request exact: folds in what the client said and leaves out what has no effect, so that requests for
// the same picture get the same key.
import { transparent, white, writeColour } from './colour.ts'
import { cutting } from './cutting.ts'
import type { Options, Spec } from './options.ts'
import { present } from './present.ts'
import { unexpected } from './refusals.ts'
import { sizing } from './sizing.ts'
import type { Client, Dependence } from './spec.ts'

/**
 * The spec of a request by this client. Fails with 'bad-option' for options that contradict each other, whatever the
 * client is.
 */
export function exact(options: Options, client: Client): Spec {
  refuseContradictions(options)
  // Facts and bytes are the source's own: nothing that is done to the picture changes them.
  if (isUnmade(options.format)) return { format: options.format }
  const size = sizing(options, client)
  const format = encoding(options, client)
  return present({ ...size, ...cutting(options, size.fit), ...looks(options, format), ...format })
}

/** Which client facts `exact` may read for these options; the answers of all clients alike in them are the same. */
export function dependsOn(options: Options): Dependence {
  if (isUnmade(options.format)) return { accept: false, width: false, dpr: false, saveData: false }
  const hints = options.hints ?? []
  return {
    accept: isNegotiated(options),
    width: hints.includes('width'),
    dpr: hints.includes('dpr') && (options.width ?? options.height) !== undefined,
    saveData: hints.includes('save-data') && !isSaving(options) && hasQuality(options),
  }
}

/** Answered from the source alone: no picture is made. */
export const isUnmade = (format: Options['format']): format is 'json' | 'original' =>
  format === 'json' || format === 'original'

const isNegotiated = (options: Options): boolean => options.automatic?.includes('format') ?? false
const isSaving = (options: Options): boolean => options.automatic?.includes('compress') ?? false

/** Whether a default could matter: no quality was named, and the encoder may be one that has a quality. */
function hasQuality(options: Options): boolean {
  return typeof options.quality !== 'number' && options.lossless !== true && mayBeLossy(options)
}

const mayBeLossy = (options: Options): boolean =>
  isNegotiated(options) || (options.format !== 'png' && options.format !== 'gif')

const isJpeg = (options: Options): boolean => options.format === 'jpeg' || options.format === 'pjpg'

// JPEG has no lossless coding that browsers read. Refused also beside auto=format, where only some clients would get
// a JPEG: whether an address is valid must not depend on who asks.
function refuseContradictions({ rotation = 0, ...options }: Options): void {
  if (options.lossless === true && isJpeg(options)) {
    const name = options.format === 'pjpg' ? 'pjpg' : 'jpg'
    throw unexpected('lossless', 'fm=webp, fm=avif or fm=png', `fm=${name}`)
  }
  if (options.progressive === false && options.format === 'pjpg')
    throw unexpected('jpg-progressive', 'fm=jpg', 'fm=pjpg')
  if (options.rotationType === 'pivot' && rotation % 90 !== 0)
    throw unexpected('rot', 'a quarter turn beside rot-type=pivot', String(rotation))
}

function encoding(options: Options, client: Client): Partial<Spec> {
  // What every browser reads is the class of those that read nothing else.
  const isBasic = options.format === 'basic'
  const asked = options.progressive && options.format === 'jpeg' ? 'pjpg' : options.format
  const named = isBasic ? undefined : asked
  const formats = isNegotiated(options) ? client.formats : isBasic ? 'basic' : undefined
  // A client of the basic class gets the fallback, as if nothing had been negotiated.
  const settled = formats === 'basic' && named !== undefined
  const chosen = { format: named, formats: settled ? undefined : formats }
  const lossy = mayBeLossy({ ...options, automatic: chosen.formats ? ['format'] : [] })
  return present({ ...chosen, ...strength(options, client, lossy) })
}

/** How small the picture should be: lossless, a quality, or the kind of default. */
function strength(options: Options, client: Client, lossy: boolean): Partial<Spec> {
  if (!lossy) return {}
  if (options.lossless) return { lossless: true }
  if (typeof options.quality === 'number') return { quality: options.quality }
  const asked = options.hints?.includes('save-data') && client.saveData
  return present({ quality: options.quality, saving: asked || isSaving(options) || undefined })
}

/** Turns, mirrors, colour, effects, and which frames. */
function looks(options: Options, { format, formats }: Partial<Spec>): Partial<Spec> {
  const onlyJpeg = !formats && (format === 'jpeg' || format === 'pjpg')
  const { turn } = options
  const rotation = (options.rotation ?? 0) % 360
  return present({
    turn: turn && (turn.isRaw || turn.turns !== 0 || turn.mirror) ? turn : undefined,
    // EXIF knows no 0; readers take it for 1, the picture as it is stored.
    orientation: options.orientation === '0' ? '1' : options.orientation,
    rotation: rotation || undefined,
    // A half turn leaves the frame as it is in any case.
    rotationType: options.rotationType === 'pivot' && rotation % 180 !== 0 ? 'pivot' : undefined,
    flip: options.flip,
    background: onlyJpeg && isWhite(options.background) ? undefined : options.background,
    blur: options.blur || undefined,
    sharpen: options.sharpen || undefined,
    // A JPEG never moves.
    frame: onlyJpeg ? undefined : options.frame,
  })
}

// In a JPEG white is what there is anyway; elsewhere a background means that transparency goes.
const isWhite = (colour: Spec['background']): boolean =>
  colour !== undefined && [white, transparent].some((same) => writeColour(same) === writeColour(colour))
