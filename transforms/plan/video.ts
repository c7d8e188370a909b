// An animation that becomes a video: which encoder, how strong, and what is refused.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { isVideo, type VideoFormat } from '../formats.ts'
import type { Spec } from '../language/options.ts'

export interface Video {
  readonly format: VideoFormat
  /** The encoder's own number: the lower, the better. */
  readonly crf: number
}

/** Pixels of one frame: what a browser's decoder is sure to play, 4096 x 2304. */
const mostOfFrame = 4096 * 2304
/** Pixels of all frames together, which are kept in memory. */
const mostOfAll = 60e6

/** Undefined where no video is asked for. Fails with 'bad-option' for a source that does not move. */
export function videoOf(spec: Spec, facts: Facts, moves: boolean): Video | undefined {
  const { format } = spec
  if (!isVideo(format)) return undefined
  if (!moves)
    throw new Failure('bad-option', `fm=${format} needs an animation, of more than one frame`, {
      option: 'fm',
      expected: 'an animated GIF, WebP, PNG or AVIF',
      received: !facts.animated
        ? 'a still picture'
        : typeof spec.frame === 'number'
          ? 'one frame'
          : `an animated ${facts.format}`,
    })
  const { quality = spec.saving ? 45 : 80 } = spec
  return { format, crf: crfOf(format, quality === 'auto' ? 80 : quality) }
}

/** On libx264's scale (0 to 51) and libvpx's (0 to 63); of equal SSIM, measured with pans over three photographs. */
function crfOf(format: VideoFormat, quality: number): number {
  const h264 = 45 - 0.27 * quality
  return Math.round(format === 'mp4' ? h264 : Math.min(63, 1.6 * h264 + 4))
}

/** Why a video of such frames is not made; undefined where it is. */
export function tooMuchFilm({ width, height, pages }: Record<'width' | 'height' | 'pages', number>) {
  if (width * height > mostOfFrame) return 'a frame of a video has 9.4 megapixels at most'
  if (width * height * pages > mostOfAll) return 'all frames of a video have 60 megapixels together at most'
  return undefined
}
