// The rows of the table of options that say what a picture is encoded as, and what is behind it.
import { colour, flag, integer, oneOf, quality, same } from '../options/kinds.ts'
import type { Rows } from '../options/option-types.ts'

export const outputRows = {
  background: {
    key: 'bg',
    kind: colour,
    section: 'Fill and background',
    about:
      'Behind transparent pixels and on added canvas; what is half transparent stays so where the format can. White where a colour is needed and none given.',
    example: { value: 'd92f86', sample: 'badge.png' },
  },
  format: {
    key: 'fm',
    kind: oneOf(
      {
        ...{ jpg: 'jpeg', jpeg: 'jpeg', pjpg: 'pjpg', png: 'png', png32: 'png', webp: 'webp' },
        ...{ avif: 'avif', gif: 'gif', basic: 'basic', json: 'json', original: 'original' },
        ...{ auto: 'auto', png8: 'png8', blurhash: 'blurhash', mp4: 'mp4', webm: 'webm' },
        ...{ jxl: 'jxl' },
      },
      ['jp2', 'jxr'],
    ),
    section: 'Format',
    about:
      'Format of the result. `jpg` is baseline, `pjpg` progressive, `png8` PNG with a palette, `basic` JPEG, PNG or GIF, as the picture needs, `auto` what `auto=format` picks, `blurhash` what `placeholder=blurhash` tells; `json` answers with facts about the source instead, `original` with its own bytes, whatever kind of file it is; `mp4` (H.264) and `webm` (VP9) make a video of an animation, without sound, where ffmpeg is installed; `jxl` is JPEG XL, where cjxl is.',
    example: { value: 'avif', frame: 'w=320' },
  },
  quality: {
    key: 'q',
    kind: quality,
    section: 'Format',
    needs: 'a lossy format',
    about:
      'Quality on the scale of JPEG, 75 where nothing is said; each format gets the number that looks the same. `auto` finds the lowest with which this picture still looks like its source.',
    example: { value: '10' },
  },
  lossless: {
    key: 'lossless',
    kind: flag,
    section: 'Format',
    default: false,
    about:
      'Lossless WebP or AVIF; PNG where the format is not named and neither fits. Refused beside `fm=jpg`.',
    example: { value: 'true', sample: 'graphics.png' },
  },
  colourSpace: {
    key: 'cs',
    kind: oneOf(
      {
        ...{ srgb: 'srgb', strip: 'srgb', tinysrgb: 'tinysrgb' },
        ...{ p3: 'p3', adobergb1998: 'adobergb1998' },
      },
      ['origin'],
    ),
    section: 'Format',
    about:
      'Colours of the result. `srgb` (also `strip`): sRGB without a profile, also where the own bytes of the source would have answered with theirs; `tinysrgb`: with a small profile that says so; `p3`: Display P3, and `adobergb1998`: Adobe RGB (1998), each with its profile. Stills in JPEG, PNG, WebP and AVIF; what moves, and GIF, stays in sRGB.',
    example: { value: 'p3', beside: 'fm=jpg', frame: 'w=320' },
  },
  hdr: {
    key: 'hdr',
    example: {
      value: 'keep',
      beside: 'fm=jpg',
      frame: 'w=320',
      same: 'No sample has more range than a usual screen.',
    },
    kind: oneOf(same('sdr', 'keep')),
    section: 'Format',
    default: 'sdr',
    needs: '`fm=jpg` or `fm=avif`, no `then`, and nothing done to the picture but size, region and turns',
    about:
      '`keep` keeps what only screens of high dynamic range show: in a JPEG the gain map of a JPEG (Ultra HDR, ISO 21496-1), cut and resized as the picture is; in an AVIF the samples of PQ and HLG, with 10 bits. Elsewhere, and by default, gain maps are dropped, and PQ and HLG get the tones of a usual screen.',
  },
  chroma: {
    key: 'chromasub',
    kind: oneOf({ '444': '444', '420': '420' }, ['422']),
    section: 'Format',
    needs: 'a result in JPEG or AVIF',
    about:
      'Resolution of colour: all of it, or half of each side. Where it is not given, the picture decides: coloured words and lines keep all of it.',
    example: { value: '444', beside: 'fm=jpg', frame: 'w=320' },
  },
  colours: {
    key: 'colorquant',
    kind: integer(2, 256),
    section: 'Format',
    needs: 'a result in PNG or GIF',
    about: 'At most so many colours, in a palette.',
    example: { value: '8', beside: 'fm=png', frame: 'w=320', sample: 'graphics.png' },
  },
  maxBytes: {
    key: 'max-bytes',
    kind: integer(100, 100_000_000),
    section: 'Format',
    about:
      'No more bytes than this, as far as a lower quality (or fewer colours of a PNG) can do it: six tries at most. The pixels stay as many as they are.',
    example: { value: '3000' },
  },
  metadata: {
    key: 'meta',
    kind: oneOf(same('none', 'copyright', 'nolocation', 'all')),
    section: 'Format',
    default: 'none',
    about:
      'EXIF of the source that stays, in JPEG, PNG and WebP: author and copyright, all but the place, or all. Orientation, thumbnails, what only the camera can read and content credentials (C2PA) never stay.',
    example: { value: 'all', sample: 'portrait.jpg' },
  },
  iptc: {
    key: 'iptc',
    kind: oneOf(same('allow', 'block')),
    section: 'Format',
    default: 'block',
    needs: 'JPEG from JPEG',
    about: '`allow` keeps the IPTC data of the source.',
    example: { value: 'allow', beside: 'fm=jpg', frame: 'w=320', same: 'The samples have no such data.' },
  },
} satisfies Rows
