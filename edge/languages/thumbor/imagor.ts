// The filters that imagor adds to those of thumbor.
import { hue, negative, pixelate, veiled } from '../shared/effects.ts'
import { given, number, shown, whole } from '../shared/values.ts'
import type { Pairs, Word } from '../shared/words.ts'
import { colour, list, type ThumborAsked, unread, written } from './readers.ts'

const oneOf =
  (key: string, least: number, more = 0) =>
  (text: string): ThumborAsked | undefined =>
    given(whole(text, least, 100_000), (value): ThumborAsked => ({ native: { [key]: shown(value + more) } }))

export const imagorFilters: readonly Word<ThumborAsked>[] = [
  {
    name: 'pixelate',
    takes: 'a size of blocks',
    becomes: '`px`, up to 100',
    read: (text) => given(whole(text || '10', 0, 100_000), (block) => ({ native: pixelate(block) })),
  },
  {
    name: 'invert',
    takes: 'nothing',
    becomes: '`invert`',
    needs: 'invert=true',
    read: () => ({ native: negative }),
  },
  {
    name: 'attachment',
    takes: 'a name',
    becomes: 'a download under this name',
    read: (text) => ({ name: text }),
  },
  {
    name: 'expire',
    takes: 'a time in Unix milliseconds',
    becomes: '`expires`',
    read: (text) =>
      /^\d{1,13}$/.test(text) ? { native: { expires: String(Math.floor(Number(text) / 1000)) } } : undefined,
  },
  {
    name: 'hue',
    takes: 'degrees',
    becomes: '`hue`',
    needs: 'hue=1',
    read: (text) => given(number(text, -3600, 3600), (degrees) => ({ native: hue(degrees) })),
  },
  {
    name: 'crop',
    takes: 'left, top, width and height of the result, in pixels or as shares',
    becomes: '`cut`',
    read: cut,
  },
  unread('image', 'step'),
  {
    name: 'text',
    aliases: ['label'],
    takes: 'a text, x, y, a font, a colour and an alpha',
    becomes: '`txt`, `txt-x`, `txt-y`, `txt-align`, `txt-font`, `txt-size`, `txt-color`',
    needs: 'txt=a',
    differs: 'What stands behind the alpha, and places other than pixels and edges, are refused.',
    when: /(?!)/,
    read: written,
  },
  {
    name: 'orient',
    takes: 'one of 0, 90, 180, 270',
    becomes: '`or`',
    read: (text) =>
      /^(?:0|90|180|270)$/.test(text) ? { native: (text === '0' ? {} : { or: text }) as Pairs } : undefined,
  },
  { name: 'page', takes: 'a number from 1', becomes: '`page`', read: oneOf('page', 1) },
  unread('dpi', 'coder'),
  {
    name: 'max_frames',
    takes: 'a number from 1',
    becomes: '`frame`',
    read: (text) =>
      given(whole(text, 1, 100_000), (count) => ({
        native: { frame: count === 1 ? '1' : `1-${count}` } as Pairs,
      })),
  },
  ...['redact', 'redact_oval'].map(
    (name): Word<ThumborAsked> => ({
      name,
      takes: 'blur or pixelate and a strength, or nothing',
      becomes: '`face-blur`, `face-pixel`',
      needs: 'face-blur=50&face-pixel=50',
      differs: 'The strength is a share of the size of a face, and at least a quarter.',
      read: redacted,
    }),
  ),
  {
    name: 'lossless',
    takes: 'nothing',
    becomes: '`lossless`',
    read: () => ({ native: { lossless: 'true' } }),
  },
  { name: 'raw', takes: 'nothing', becomes: '`fm=original`', read: () => ({ isRaw: true }) },
  { name: 'preview', takes: 'nothing', becomes: 'nothing', read: () => ({}) },
  {
    name: 'to_colorspace',
    takes: 'srgb or p3',
    becomes: '`cs=p3`; `srgb` is what is always done',
    refuses: { coder: ['cmyk'] },
    read(text) {
      if (text === 'p3') return { native: { cs: 'p3' } }
      return text === 'srgb' || text === '' ? {} : undefined
    },
  },
  {
    name: 'trim',
    takes: 'a tolerance, then top-left',
    becomes: '`trim=color`, `trim-tol`',
    differs: 'The border is cut off first; another corner is refused.',
    read(text) {
      const [tolerance = '0', corner = 'top-left', ...rest] = list(text)
      if (corner !== 'top-left' || rest.length > 0) return undefined
      return given(whole(tolerance, 0, 255), (trim) => ({ trim }))
    },
  },
  {
    name: 'padding',
    takes: 'a colour, then pixels: one number, two (across, down), or left, top, right and bottom',
    becomes: '`pad-top`, `pad-right`, `pad-bottom`, `pad-left`, `bg`',
    read: padding,
  },
]

function cut(text: string): ThumborAsked | undefined {
  const [left, top, width, height, ...rest] = list(text).map((part) => {
    const value = number(part, 0, 100_000)
    if (value === undefined) return undefined
    return value > 0 && value < 1 ? shown(value) : part === '1.0' ? 'full' : String(Math.round(value))
  })
  if (left === undefined || top === undefined || rest.length > 0) return undefined
  if (!width || !height || width === '0' || height === '0') return undefined
  return { native: { cut: [left, top, width, height].join(',') } }
}

/** A strength for pixels is the size of a block, for a blur a sigma: 15 or 10 where none is written. */
function redacted(text: string): ThumborAsked | undefined {
  const [mode = 'blur', strength = '', ...rest] = list(text)
  const value = number(strength || '15', 0, 1000)
  if (value === undefined || rest.length > 0) return undefined
  if (mode === 'blur') return { native: veiled('blur', value * 4) }
  return mode === 'pixelate' ? { native: veiled('pixel', value * 4) } : undefined
}

function padding(text: string): ThumborAsked | undefined {
  const [paint = '', ...sides] = list(text)
  const background = colour(paint)
  const [first, second = first, third = first, fourth = second, ...rest] = sides.map((part) =>
    whole(part, 0, 4096),
  )
  if (background === undefined || first === undefined || second === undefined) return undefined
  if (third === undefined || fourth === undefined || rest.length > 0 || sides.length === 3) return undefined
  return { padding: { left: first, top: second, right: third, bottom: fourth }, native: { bg: background } }
}
