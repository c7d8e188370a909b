// imgproxy's options of single encoders, of pages and of films.
import { given, number, shown, whole } from '../shared/values.ts'
import { ignored, type Pairs, type Word } from '../shared/words.ts'
import { args, type ImgproxyAsked, isTrue, named } from './readers.ts'

export const encoderWords: readonly Word<ImgproxyAsked>[] = [
  {
    name: 'autoquality',
    aliases: ['aq'],
    takes: 'one of none, size, dssim, ml, then a target, and limits of the quality',
    becomes: '`q=auto`; `size` `max-bytes`',
    differs: 'What `q=auto` aims at and between which qualities is ours.',
    when: /^(?:dssim|ml)/,
    idle: ['none'],
    read: autoquality,
  },
  {
    name: 'jpeg_options',
    aliases: ['jpgo'],
    takes: 'progressive, no subsample, and four settings of the encoder',
    becomes: '`fm=pjpg` beside `jpg`, `chromasub=444`',
    differs: 'Trellis, deringing, scans and the table are ours.',
    when: /^[^:]*:[^:]*:.*[1-9t]/i,
    read(text) {
      const [progressive = '', full = ''] = args(text)
      return {
        ...(isTrue(progressive) ? { isProgressive: true } : {}),
        native: (isTrue(full) ? { chromasub: '444' } : {}) as Pairs,
      }
    },
  },
  {
    name: 'png_options',
    aliases: ['pngo'],
    takes: 'interlaced, quantise, and colours from 2 to 256',
    becomes: '`colorquant`',
    differs: 'PNG is not interlaced.',
    when: /^(?:1|t)/i,
    read(text) {
      const [, few = '', colours = ''] = args(text)
      return given(whole(colours || '256', 2, 256), (count) => ({
        native: (isTrue(few) ? { colorquant: shown(count) } : {}) as Pairs,
      }))
    },
  },
  {
    name: 'webp_options',
    aliases: ['webpo'],
    takes: 'one of lossy, near_lossless, lossless, and two settings of the encoder',
    becomes: '`lossless`',
    differs: '`near_lossless` is without loss; the other settings are ours.',
    when: /near|:/,
    read(text) {
      const [compression = ''] = args(text)
      if (!/^(?:|lossy|near_lossless|lossless)$/.test(compression)) return undefined
      return { native: (compression.endsWith('lossless') ? { lossless: 'true' } : {}) as Pairs }
    },
  },
  {
    name: 'avif_options',
    aliases: ['avifo'],
    takes: 'one of auto, on, off: whether colours have half the resolution',
    becomes: '`chromasub`',
    read: (text) =>
      given(subsampled.get(text), (chromasub) => ({ native: (chromasub ? { chromasub } : {}) as Pairs })),
  },
  {
    name: 'page',
    aliases: ['pg'],
    takes: 'an index from 0',
    becomes: '`page`, `frame`',
    read: (text) => given(whole(text, 0, 99_999), (page) => ({ page })),
  },
  {
    name: 'pages',
    aliases: ['pgs'],
    takes: 'a count from 1',
    becomes: '`frame`',
    differs: 'Pages below one another are refused.',
    when: /(?!)/,
    read(text) {
      const [count = '', stacked = ''] = args(text)
      return isTrue(stacked) ? undefined : given(whole(count, 1, 99_999), (pages) => ({ pages }))
    },
  },
  {
    name: 'video_thumbnail_second',
    aliases: ['vts'],
    takes: 'a second',
    becomes: '`time`',
    needs: 'time=1',
    why: 'film',
    read: (text) => given(number(text, 0, 86_400), (second) => ({ native: { time: shown(second) } })),
  },
  ignored('video_thumbnail_keyframes', 'true or false', 'It is the frame of that second, key frame or not.'),
  ignored('vtk', 'true or false'),
  ...named('video_thumbnail_tile', ['vtt'], { takes: 'a step and a grid', why: 'film' }),
  ...named('video_thumbnail_animation', ['vta'], { takes: 'a step and frames', why: 'film' }),
]

const subsampled: ReadonlyMap<string, string> = new Map([
  ['', ''],
  ['auto', ''],
  ['on', '420'],
  ['off', '444'],
])

function autoquality(text: string): ImgproxyAsked | undefined {
  const [method = '', target = ''] = args(text)
  if (method === '' || method === 'none') return {}
  if (method === 'dssim' || method === 'ml') return { native: { q: 'auto' } }
  if (method !== 'size') return undefined
  return given(whole(target, 100, 100_000_000), (bytes) => ({ native: { 'max-bytes': shown(bytes) } }))
}
