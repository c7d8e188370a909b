// Cloudinary's effects (e_). Reference: "Effects".
import {
  blackAndWhite,
  blur,
  gain,
  gammaOf,
  grey,
  hue,
  negative,
  percent,
  pixelate,
  trimmed,
  veiled,
} from '../shared/effects.ts'
import { clamp, given, number, shown, whole } from '../shared/values.ts'
import type { Pairs, Word } from '../shared/words.ts'
import { type CloudinaryAsked, colour, hidden, tint, unread } from './readers.ts'

type Effect = Word<CloudinaryAsked>

/** An integer within the range, or the preset where none is written. */
const level = (text: string, [min, max, preset]: readonly [number, number, number]): number | undefined =>
  text === '' ? preset : whole(text, min, max)

const percentEffect = (name: string, key: 'bri' | 'con' | 'sat' | 'vib', preset: number): Effect => ({
  name,
  takes: 'an integer from -100 to 100',
  becomes: `\`${key}\``,
  needs: `${key}=1`,
  read: (text) => given(level(text, [-100, 100, preset]), (value) => ({ native: percent(key, value) })),
})

export const cloudinaryEffects: readonly Effect[] = [
  {
    name: 'blur',
    takes: 'an integer from 1 to 2000',
    becomes: '`blur`: a tenth of it',
    differs: 'The strength is taken as a hundred times the sigma of the blur.',
    read: (text) => given(level(text, [1, 2000, 100]), (value) => ({ native: blur(value / 100) })),
  },
  {
    name: 'pixelate',
    takes: 'an integer from 1 to 2000',
    becomes: '`px`, up to 100',
    differs: 'Without a size the blocks are of 5 pixels.',
    when: /^$/,
    read: (text) => given(level(text, [1, 2000, 5]), (value) => ({ native: pixelate(value) })),
  },
  percentEffect('brightness', 'bri', 80),
  percentEffect('contrast', 'con', 0),
  percentEffect('saturation', 'sat', 80),
  percentEffect('vibrance', 'vib', 20),
  {
    name: 'hue',
    takes: 'an integer from -100 to 100',
    becomes: '`hue`: 3.6 degrees each',
    needs: 'hue=1',
    read: (text) => given(level(text, [-100, 100, 80]), (value) => ({ native: hue(value * 3.6) })),
  },
  {
    name: 'gamma',
    takes: 'an integer from -50 to 150',
    becomes: '`gam`',
    needs: 'gam=1',
    read: (text) => given(level(text, [-50, 150, 0]), (value) => ({ native: gammaOf(1 + value / 100) })),
  },
  {
    name: 'sharpen',
    takes: 'an integer from 1 to 2000',
    becomes: '`sharp`: a fifth of it, up to 100',
    read: (text) =>
      given(level(text, [1, 2000, 100]), (value) => ({ native: { sharp: shown(clamp(value / 5, 0, 100)) } })),
  },
  {
    name: 'unsharp_mask',
    takes: 'an integer from 1 to 2000',
    becomes: '`usm`: a tenth of it, up to 100',
    needs: 'usm=1',
    read: (text) =>
      given(level(text, [1, 2000, 100]), (value) => ({ native: { usm: shown(clamp(value / 10, 0, 100)) } })),
  },
  {
    name: 'sepia',
    takes: 'an integer from 1 to 100',
    becomes: '`sepia`',
    needs: 'sepia=1',
    read: (text) => given(level(text, [1, 100, 80]), (value) => ({ native: { sepia: shown(value) } })),
  },
  {
    name: 'grayscale',
    takes: 'nothing',
    becomes: '`sat=-100`',
    needs: 'sat=-100',
    read: () => ({ native: grey }),
  },
  {
    name: 'negate',
    takes: 'nothing',
    becomes: '`invert`',
    needs: 'invert=true',
    read: () => ({ native: negative }),
  },
  {
    name: 'improve',
    takes: 'a blend from 0 to 100',
    becomes: '`auto=enhance`',
    needs: 'auto=enhance',
    differs: 'The blend does not count.',
    read: improved,
  },
  ...['auto_color', 'auto_brightness', 'auto_contrast'].map(
    (name): Effect => ({
      name,
      takes: 'a blend from 0 to 100',
      becomes: '`auto=enhance`',
      needs: 'auto=enhance',
      read: improved,
    }),
  ),
  {
    name: 'brightness_hsb',
    takes: 'an integer from -99 to 100',
    becomes: '`gain`',
    needs: 'gain=2',
    read: (text) => given(level(text, [-99, 100, 80]), (value) => ({ native: gain(1 + value / 100) })),
  },
  {
    name: 'trim',
    takes: 'a tolerance from 0 to 100, then a colour',
    becomes: '`trim=color`, `trim-tol`, `trim-color`',
    read: trim,
  },
  {
    name: 'loop',
    takes: 'a count, or nothing for ever',
    becomes: '`loop`',
    read: (text) => given(whole(text || '0', 0, 65_535), (count) => ({ native: { loop: shown(count) } })),
  },
  { name: 'reverse', takes: 'nothing', becomes: '`reverse`', read: () => ({ native: { reverse: 'true' } }) },
  ...(['red', 'green', 'blue'] as const).map(
    (name): Effect => ({
      name,
      takes: 'an integer from -100 to 100',
      becomes: '`balance`',
      needs: 'balance=1,2,3',
      read: (text) => given(level(text, [-100, 100, 0]), (amount) => ({ [name]: amount })),
    }),
  ),
  {
    name: 'blackwhite',
    takes: 'a threshold from 0 to 100',
    becomes: '`threshold`',
    needs: 'threshold=50',
    read: (text) => given(level(text, [0, 100, 50]), (least) => ({ native: blackAndWhite(least) })),
  },
  {
    name: 'colorize',
    takes: 'a strength from 0 to 100',
    becomes: '`blend`, `blend-mode=normal`, `blend-alpha`',
    read: (text) => given(level(text, [0, 100, 100]), (strength) => ({ colorize: strength / 100 })),
  },
  {
    name: 'tint',
    takes: 'an amount from 0 to 100 and one or two colours',
    becomes: '`monochrome`, `duotone`',
    differs: 'Shades are mixed by lightness; `equalize`, positions and more than two colours are refused.',
    read: tint,
  },
  {
    name: 'fill_light',
    takes: 'a blend from 0 to 100, then a bias',
    becomes: '`shad`',
    differs: 'The bias does not count.',
    when: /:/,
    read: (text) =>
      given(number(text.split(':')[0] || '100', 0, 100), (strength) => ({
        native: (strength > 0 ? { shad: shown(strength) } : {}) as Pairs,
      })),
  },
  {
    name: 'blur_faces',
    takes: 'an integer from 1 to 2000',
    becomes: '`face-blur`: a tenth of it',
    needs: 'face-blur=50',
    differs: 'The strength is a share of the size of a face, and at least a quarter.',
    read: (text) => given(level(text, [1, 2000, 500]), (value) => ({ native: veiled('blur', value / 10) })),
  },
  {
    name: 'pixelate_faces',
    takes: 'an integer from 1 to 200',
    becomes: '`face-pixel`',
    needs: 'face-pixel=50',
    differs: 'The strength is a share of the size of a face, and at least a quarter.',
    read: (text) => given(level(text, [1, 2000, 40]), (value) => ({ native: veiled('pixel', value) })),
  },
  {
    name: 'blur_region',
    takes: 'a strength, beside x, y, w and h',
    becomes: '`hide`, `hide-by=blur`',
    differs: 'The strength is that which makes the region unrecognisable.',
    read: (text) => hidden(text, 'blur'),
  },
  {
    name: 'pixelate_region',
    takes: 'a size of blocks, beside x, y, w and h',
    becomes: '`hide`',
    differs: 'The strength is that which makes the region unrecognisable.',
    read: (text) => hidden(text, 'pixelate'),
  },
  ...unread('step', 'oil_paint', 'cartoonify', 'vignette', 'outline', 'shadow', 'dropshadow'),
  ...unread('step', 'gradient_fade', 'make_transparent', 'opacity_threshold', 'ordered_dither'),
  ...unread('step', 'replace_color', 'recolor', 'assist_colorblind', 'simulate_colorblind', 'distort'),
  ...unread('step', 'shear', 'displace', 'screen', 'multiply', 'overlay', 'mask', 'anti_removal'),
  ...unread('step', 'cut_out', 'art', 'vectorize', 'theme'),
  ...unread('film', 'zoompan', 'fade', 'accelerate', 'boomerang', 'volume', 'noise', 'deshake'),
  ...unread('model', 'redeye', 'upscale', 'enhance', 'auto_enhance', 'background_removal', 'extract'),
  ...unread('model', 'gen_background_replace', 'gen_remove', 'gen_replace', 'gen_recolor', 'gen_restore'),
]

function improved(text: string): CloudinaryAsked | undefined {
  const blend = number(text.split(':').at(-1) || '100', 0, 100)
  return given(blend, (share) => ({ automatic: share > 0 ? ['enhance'] : [] }))
}

/** In percent of the range of a colour. */
function trim(text: string): CloudinaryAsked | undefined {
  const [, level_ = '', name] = /^(\d*)(?::(.+))?$/.exec(text) ?? []
  const tolerance = number(level_ || '10', 0, 100)
  const paint = name === undefined ? undefined : colour(name)
  if (tolerance === undefined || (name !== undefined && paint === undefined)) return undefined
  return { native: trimmed(Math.round(tolerance * 2.55), paint) }
}
