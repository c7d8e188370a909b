// imgproxy's watermark as the native `mark`: the picture of the settings, or of watermark_url.
import type { Places } from '../shared/places.ts'
import { fromBase64, given, lookUp, number, shown, whole } from '../shared/values.ts'
import { type Asked, type Pairs, refusal, type Word } from '../shared/words.ts'

export interface WatermarkAsked extends Asked {
  /** Native options of how it lies; absent without a watermark. */
  readonly watermark?: Pairs
  /** The address of its picture. */
  readonly watermarkUrl?: string
  readonly watermarkSize?: Pairs
  /** Drawn in its place. */
  readonly watermarkText?: string
}

export const watermarkWords: readonly Word<WatermarkAsked>[] = [
  {
    name: 'watermark',
    aliases: ['wm'],
    takes: 'an opacity from 0 to 1, a place, two distances in pixels, and a scale up to 1',
    becomes: '`mark-alpha`, `mark-align`, `mark-pad`, `mark-x`, `mark-y`, `mark-tile`, `mark-w`, `mark-h`',
    differs:
      'Different distances from two edges other than the left and the top are refused, and so is `ch`.',
    when: /(?!)/,
    idle: ['0'],
    needs: 'mark=/a.png',
    read: watermark,
  },
  {
    name: 'watermark_url',
    aliases: ['wmu'],
    takes: 'a URL in Base64',
    becomes: '`mark`; the `watermark` of the settings where there is none',
    needs: 'mark=/a.png',
    idle: [''],
    read: (text) => given(fromBase64(text), (watermarkUrl) => ({ watermarkUrl })),
  },
  {
    name: 'watermark_text',
    aliases: ['wmt'],
    takes: 'a text in Base64',
    becomes: '`txt`, `txt-align`, `txt-pad`, `txt-x`, `txt-y`, `txt-color`',
    differs: 'Markup, a scale and repetition are refused.',
    when: /(?!)/,
    needs: 'txt=a',
    idle: [''],
    read: (text) =>
      given(fromBase64(text), (watermarkText) =>
        /[<&]/.test(watermarkText) ? undefined : { watermarkText },
      ),
  },
  {
    name: 'watermark_size',
    aliases: ['wms'],
    takes: 'width:height in pixels',
    becomes: '`mark-w`, `mark-h`',
    needs: 'mark-w=10&mark-h=10',
    idle: ['0:0'],
    read(text) {
      const [w, h] = text.split(':').map((part) => whole(part || '0', 0, 8192))
      if (w === undefined) return undefined
      return {
        watermarkSize: { ...(w > 0 ? { 'mark-w': shown(w) } : {}), ...(h ? { 'mark-h': shown(h) } : {}) },
      }
    },
  },
  {
    name: 'watermark_rotate',
    aliases: ['wm_rot', 'wmr'],
    takes: 'degrees clockwise',
    becomes: '`mark-rot`',
    idle: ['0'],
    needs: 'mark-rot=10',
    read: (text) =>
      given(number(text, -3600, 3600), (degrees) => ({
        native: { 'mark-rot': shown(((-degrees % 360) + 360) % 360) },
      })),
  },
]

const places: Readonly<Record<string, string>> = {
  ...{ ce: 'middle,center', no: 'top,center', so: 'bottom,center', ea: 'middle,right', we: 'middle,left' },
  ...{ noea: 'top,right', nowe: 'top,left', soea: 'bottom,right', sowe: 'bottom,left' },
}

function watermark(text: string): WatermarkAsked | undefined {
  const [opacity = '', position = 'ce', x = '0', y = '0', scale = '0', ...rest] = text.split(':')
  const alpha = number(opacity, 0, 1)
  const share = number(scale || '0', 0, 1)
  const place = placed(position || 'ce', x || '0', y || '0')
  if (alpha === undefined || share === undefined || !place || rest.length > 0) return undefined
  if (alpha === 0) return {}
  const side = share === 1 ? '0.9999' : shown(share)
  return {
    watermark: {
      ...place,
      ...(alpha < 1 ? { 'mark-alpha': shown(alpha * 100) } : {}),
      ...(share > 0 ? { 'mark-w': side, 'mark-h': side } : {}),
    },
  }
}

function placed(position: string, x: string, y: string): Pairs | undefined {
  const [left, top] = [whole(x, 0, 8192), whole(y, 0, 8192)]
  if (left === undefined || top === undefined) return undefined
  if (position === 're') return left === 0 && top === 0 ? { 'mark-tile': 'grid', 'mark-pad': '0' } : undefined
  const align = lookUp(places, position)
  if (position === 'nowe') return { 'mark-x': shown(left), 'mark-y': shown(top) }
  const [down, across] = align?.split(',') ?? []
  const distances = [...(down === 'middle' ? [] : [top]), ...(across === 'center' ? [] : [left])]
  const isMoved =
    (down === 'middle' && top > 0) || (across === 'center' && left > 0) || new Set(distances).size > 1
  return align === undefined || isMoved
    ? undefined
    : { 'mark-align': align, 'mark-pad': shown(distances[0] ?? 0) }
}

/** The native options, with the picture. Throws 'bad-option' where none is named. */
export function watermarkPairs(
  { watermark, watermarkUrl, watermarkSize, watermarkText }: WatermarkAsked,
  configured: string | undefined,
  places: Places,
): Pairs {
  if (!watermark) return {}
  if (watermarkText !== undefined) return textPairs(watermarkText, watermark)
  const mark = watermarkUrl === undefined ? configured : pictureName(watermarkUrl, places)
  if (mark === undefined)
    throw refusal('watermark', 'watermark cannot be done: no picture is configured for it')
  return { mark, ...watermarkSize, ...watermark }
}

function pictureName(address: string, places: Places): string {
  const { source, path } = places.of(address)
  return /^https?:\/\//.test(path) ? path : `${source}:${path}`
}

/** Black letters of 16 pixels, where the watermark would be. */
function textPairs(text: string, { 'mark-alpha': alpha = '100', ...placed }: Pairs): Pairs {
  const unknown = ['mark-tile', 'mark-w'].find((key) => placed[key] !== undefined)
  if (unknown !== undefined)
    throw refusal('watermark_text', 'watermark_text with a scale or repeated is not supported')
  const at = Object.entries(placed).map(([key, value]) => [key.replace(/^mark/, 'txt'), value] as const)
  const opacity = Math.round((Number(alpha) * 255) / 100)
  return {
    txt: text,
    'txt-size': '16',
    'txt-color': `${opacity < 255 ? opacity.toString(16).padStart(2, '0') : ''}000000`,
    ...Object.fromEntries(at),
  }
}
