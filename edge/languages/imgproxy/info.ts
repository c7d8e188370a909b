// What /info answers: facts about the source in imgproxy's shape.
import type { Answer } from '../../../tier.ts'
import { reshaped } from '../shared/facts.ts'
import type { Asked, Word } from '../shared/words.ts'

interface InfoAsked extends Asked {
  readonly hidden?: readonly string[]
}

const isFalse = (text: string): boolean => !/^(?:1|t|true)$/i.test(text)
const part = (name: string, alias: string, members: readonly string[]): Word<InfoAsked> => ({
  name,
  aliases: [alias],
  takes: 'true or false',
  becomes: members.map((member) => `\`${member}\``).join(', '),
  read: (text) => (isFalse(text) ? { hidden: members } : {}),
})
/** False is what is answered anyway. */
const missing = (name: string, ...aliases: string[]): Word<InfoAsked> => ({
  name,
  aliases,
  takes: 'what is not told here',
  idle: ['0', 'f', 'false', '0:0', ''],
})
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
  passed('exif'),
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
  missing('detect_objects', 'do'),
  missing('classify', 'cl'),
  missing('bands', 'b'),
  missing('sample_format', 'sf'),
  missing('crop', 'c'),
  missing('objects_position', 'op'),
  missing('palette', 'p'),
  missing('average', 'avg'),
  missing('dominant_colors', 'dc'),
  missing('blurhash', 'bh'),
  missing('thumb_hash', 'th'),
  missing('perceptual_hash', 'phash', 'ph'),
  missing('calc_hashsums', 'chs'),
  missing('page', 'pg'),
  missing('preset', 'pr'),
  missing('hashsum', 'hs'),
  missing('video_thumbnail_second', 'vts'),
]

export const infoAnswer =
  ({ hidden = [] }: InfoAsked) =>
  (answer: Answer): Answer =>
    reshaped(answer, 'ip', ({ bytes, format, type, stored, orientation, space, pages, alpha }) => {
      const document = {
        size: bytes,
        format,
        mime_type: type,
        ...stored,
        orientation,
        colorspace: space,
        pages_number: pages,
        alpha: { has_alpha: alpha },
      }
      return Object.fromEntries(Object.entries(document).filter(([name]) => !hidden.includes(name)))
    })
