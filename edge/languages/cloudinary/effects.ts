// Cloudinary's effects (e_) and flags (fl_). Reference: "Effects", "Flags".
import { blur, gain, gammaOf, grey, hue, negative, percent, pixelate, trimmed } from '../shared/effects.ts'
import { clamp, given, number, shown, whole } from '../shared/values.ts'
import { ignored, type Pairs, type Word } from '../shared/words.ts'
import { type CloudinaryAsked, colour } from './words.ts'

type Effect = Word<CloudinaryAsked>

/** An integer within the range, or the preset where none is written. */
const level = (text: string, [min, max, preset]: readonly [number, number, number]): number | undefined =>
  text === '' ? preset : whole(text, min, max)

const unread = (...names: string[]): Effect[] =>
  names.map((name) => ({ name, takes: 'what Cloudinary takes' }))

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
  { name: 'loop', takes: 'nothing', idle: [''] },
  ...unread(
    'blur_faces',
    'blur_region',
    'pixelate_faces',
    'pixelate_region',
    'red',
    'green',
    'blue',
    'redeye',
  ),
  ...unread('blackwhite', 'colorize', 'tint', 'oil_paint', 'cartoonify', 'vignette', 'outline', 'shadow'),
  ...unread('dropshadow', 'gradient_fade', 'make_transparent', 'opacity_threshold', 'fill_light'),
  ...unread(
    'ordered_dither',
    'replace_color',
    'recolor',
    'assist_colorblind',
    'simulate_colorblind',
    'distort',
  ),
  ...unread('shear', 'displace', 'screen', 'multiply', 'overlay', 'mask', 'anti_removal', 'cut_out', 'art'),
  ...unread(
    'zoompan',
    'fade',
    'accelerate',
    'reverse',
    'boomerang',
    'volume',
    'noise',
    'deshake',
    'vectorize',
  ),
  ...unread('theme', 'upscale', 'enhance', 'background_removal', 'gen_background_replace', 'gen_remove'),
  ...unread('gen_replace', 'gen_recolor', 'gen_restore', 'extract', 'auto_enhance'),
]

function improved(text: string): CloudinaryAsked | undefined {
  const blend = number(text.split(':').at(-1) || '100', 0, 100)
  return given(blend, (share) => ({ automatic: share > 0 ? ['enhance'] : [] }))
}

const passed = (name: string, differs?: string): Effect => ignored(name, 'nothing', differs)
const flag = (name: string, becomes: string, asked: CloudinaryAsked): Effect => ({
  name,
  takes: 'nothing',
  becomes,
  read: () => asked,
})
const none: Pairs = {}

export const cloudinaryFlags: readonly Effect[] = [
  flag('progressive', '`fm=pjpg` beside `f_jpg`', { isProgressive: true }),
  {
    name: 'attachment',
    takes: 'a name',
    becomes: 'a download',
    read: (text) => ({ isAttachment: true, ...(text === '' ? {} : { name: text }) }),
  },
  flag('getinfo', '`fm=json`', { isFacts: true }),
  flag('ignore_aspect_ratio', '`fit=scale`', { mode: 'scale' }),
  flag('lossy', 'nothing', { native: none }),
  {
    name: 'keep_attribution',
    takes: 'nothing',
    becomes: '`meta=copyright`',
    needs: 'meta=copyright',
    read: () => ({ native: { meta: 'copyright' } }),
  },
  {
    name: 'keep_iptc',
    takes: 'nothing',
    becomes: '`iptc=allow`, `meta=all`',
    needs: 'iptc=allow&meta=all',
    read: () => ({ native: { iptc: 'allow', meta: 'all' } }),
  },
  {
    name: 'png8',
    takes: 'nothing',
    becomes: '`colorquant=256`',
    needs: 'colorquant=256',
    read: () => ({ native: { colorquant: '256' } }),
  },
  passed('animated'),
  passed('awebp'),
  passed('any_format'),
  passed('force_strip'),
  passed('strip_profile'),
  passed('immutable_cache', 'How long an answer is fresh is said by its source.'),
  passed('no_overflow'),
  passed('preserve_transparency'),
  passed('png24'),
  passed('png32'),
  passed('rasterize'),
  passed('sanitize'),
  ...unread('apng', 'clip', 'clip_evenodd', 'cutter', 'force_icc', 'keep_dar'),
  passed('layer_apply'),
  passed('relative'),
  ...unread('region_relative', 'replace_image', 'text_disallow_overflow'),
  ...unread('text_no_trim', 'tiff8_lzw', 'tiled', 'mono', 'splice', 'no_stream', 'streaming_attachment'),
  ...unread('truncate_ts', 'hlsv3'),
]

/** In percent of the range of a colour. */
function trim(text: string): CloudinaryAsked | undefined {
  const [, level_ = '', name] = /^(\d*)(?::(.+))?$/.exec(text) ?? []
  const tolerance = number(level_ || '10', 0, 100)
  const paint = name === undefined ? undefined : colour(name)
  if (tolerance === undefined || (name !== undefined && paint === undefined)) return undefined
  return { native: trimmed(Math.round(tolerance * 2.55), paint) }
}
