// What /info answers: facts about the source in imgproxy's shape.
import type { Answer } from '../../../tier.ts'
import { reshaped } from '../shared/facts.ts'
import type { Why } from '../shared/reasons.ts'
import { given, whole } from '../shared/values.ts'
import type { Asked, Pairs, Word } from '../shared/words.ts'

interface InfoAsked extends Asked {
  readonly hidden?: readonly string[]
  readonly colours?: number
  readonly has?: Members
}
/** What is told only where it is asked for. */
type Members = Readonly<Partial<Record<'bands' | 'sample' | 'blurhash' | 'sha256' | 'faces', boolean>>>

const isFalse = (text: string): boolean => !/^(?:1|t|true)$/i.test(text)
const part = (name: string, alias: string, members: readonly string[]): Word<InfoAsked> => ({
  name,
  aliases: [alias],
  takes: 'true or false',
  becomes: members.map((member) => `\`${member}\``).join(', '),
  read: (text) => (isFalse(text) ? { hidden: members } : {}),
})
/** False is what is answered anyway. */
const unasked = ['0', 'f', 'false', '0:0', '', 'none']
const missing = (why: Why, name: string, ...aliases: string[]): Word<InfoAsked> => ({
  name,
  aliases,
  takes: 'what is not told here',
  idle: unasked,
  why,
})
/** Facts for which the file is read. */
const detailed: Pairs = { details: 'true' }
const passed = (name: string, ...aliases: string[]): Word<InfoAsked> => ({
  name,
  aliases,
  takes: 'true or false',
  becomes: 'nothing',
  differs: `\`${name}\` is not told: no metadata of a source is given away.`,
  read: () => ({}),
})

export const infoWords: readonly Word<InfoAsked>[] = [
  part('size', 's', ['size']),
  part('format', 'f', ['format', 'mime_type']),
  part('dimensions', 'd', ['width', 'height', 'orientation']),
  passed('iptc'),
  passed('xmp'),
  passed('video_meta', 'vm'),
  { name: 'colorspace', aliases: ['cs'], takes: 'true or false', becomes: '`colorspace`', read: () => ({}) },
  {
    name: 'pages_number',
    aliases: ['pn'],
    takes: 'true or false',
    becomes: '`pages_number`',
    read: () => ({}),
  },
  { name: 'alpha', aliases: ['a'], takes: 'true or false', becomes: '`alpha`', read: () => ({}) },
  { name: 'cachebuster', aliases: ['cb'], takes: 'any text', becomes: 'nothing', read: () => ({}) },
  {
    name: 'expires',
    aliases: ['exp'],
    takes: 'a time in Unix seconds',
    becomes: '`expires`',
    read: (text) => (/^\d{1,10}$/.test(text) ? { native: { expires: text } } : undefined),
  },
  {
    name: 'exif',
    takes: 'true or false, then whether names are canonical',
    becomes: '`exif`',
    differs: 'Some of its fields are told, and never the place; names are ours.',
    idle: unasked,
    read: (text) => (isFalse(text.split(':')[0] ?? '') ? {} : { native: detailed }),
  },
  {
    name: 'detect_objects',
    aliases: ['do'],
    takes: 'true or false',
    becomes: '`objects`',
    differs: 'Faces alone are found.',
    idle: unasked,
    read: () => ({ native: { faces: 'true' }, has: { faces: true } }),
  },
  {
    name: 'bands',
    aliases: ['b'],
    takes: 'true or false',
    becomes: '`bands`',
    idle: unasked,
    read: () => ({ has: { bands: true } }),
  },
  {
    name: 'sample_format',
    aliases: ['sf'],
    takes: 'true or false',
    becomes: '`sample_format`',
    idle: unasked,
    read: () => ({ has: { sample: true } }),
  },
  {
    name: 'palette',
    aliases: ['p'],
    takes: 'a number of colours from 2 to 256',
    becomes: '`palette`',
    differs: 'There are six colours at most.',
    idle: unasked,
    read: (text) => given(whole(text, 2, 256), (colours) => ({ native: detailed, colours })),
  },
  {
    name: 'blurhash',
    aliases: ['bh'],
    takes: 'components across and down, each from 1 to 9',
    becomes: '`blurhash`',
    differs: 'How many components it has is ours.',
    idle: unasked,
    read: (text) => (/^[1-9]:[1-9]$/.test(text) ? { native: detailed, has: { blurhash: true } } : undefined),
  },
  {
    name: 'calc_hashsums',
    aliases: ['chs'],
    takes: 'sha256',
    becomes: '`hashsums`',
    idle: unasked,
    refuses: { step: ['md5', 'sha1', 'sha512'] },
    read: (text) => (text === 'sha256' ? { native: detailed, has: { sha256: true } } : undefined),
  },
  missing('model', 'classify', 'cl'),
  missing('step', 'crop', 'c'),
  missing('step', 'objects_position', 'op'),
  missing('step', 'average', 'avg'),
  missing('step', 'dominant_colors', 'dc'),
  missing('step', 'thumb_hash', 'th'),
  missing('step', 'perceptual_hash', 'phash', 'ph'),
  missing('step', 'page', 'pg'),
  missing('step', 'preset', 'pr'),
  missing('limit', 'hashsum', 'hs'),
  missing('film', 'video_thumbnail_second', 'vts'),
]

export const infoAnswer =
  ({ hidden = [], has = {}, colours = 0, native = {} }: InfoAsked) =>
  (answer: Answer): Answer =>
    reshaped(answer, `ip${Object.keys(has).join('')}`, (facts) => {
      const { bytes, format, type, stored, orientation, space, pages, alpha, depth } = facts
      const told = facts as typeof facts & Details
      const document = {
        size: bytes,
        format,
        mime_type: type,
        ...stored,
        orientation,
        colorspace: space,
        pages_number: pages,
        alpha: { has_alpha: alpha },
        ...(has.bands && { bands: bandsOf(space, alpha) }),
        ...(has.sample && { sample_format: depth > 8 ? 'ushort' : 'uchar' }),
        ...(native.details && told.exif && { exif: told.exif }),
        ...(colours > 0 && { palette: told.colors?.slice(0, colours) }),
        ...(has.blurhash && { blurhash: told.blurhash }),
        ...(has.sha256 && { hashsums: { sha256: told.sha256 } }),
        ...(has.faces && { objects: (told.faces ?? []).map(objectOf(facts)) }),
      }
      return Object.fromEntries(Object.entries(document).filter(([name]) => !hidden.includes(name)))
    })

/** What `details` and `faces` add. */
interface Details {
  readonly exif?: object | null
  readonly colors?: readonly unknown[]
  readonly blurhash?: string
  readonly sha256?: string
  readonly faces?: readonly Face[]
}

interface Face {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly score: number
}

const bandsOf = (space: string, alpha: boolean): number =>
  (space === 'gray' ? 1 : space === 'cmyk' ? 4 : 3) + (alpha ? 1 : 0)

/** Places as shares of the upright picture. */
const objectOf =
  ({ width, height }: { readonly width: number; readonly height: number }) =>
  (face: Face) => ({
    class_name: 'face',
    confidence: face.score,
    left: face.x / width,
    top: face.y / height,
    width: face.width / width,
    height: face.height / height,
  })
