// The rows of the table of options that say what a picture is encoded as, and what is behind it.
import { colour, flag, oneOf, quality } from '../options/kinds.ts'
import type { Rows } from '../options/option-types.ts'

export const outputRows = {
  background: {
    key: 'bg',
    kind: colour,
    section: 'Fill and background',
    about:
      'Behind transparent pixels and on added canvas; what is half transparent stays so where the format can. White where a colour is needed and none given.',
  },
  format: {
    key: 'fm',
    kind: oneOf(
      {
        ...{ jpg: 'jpeg', jpeg: 'jpeg', pjpg: 'pjpg', png: 'png', png32: 'png', webp: 'webp' },
        ...{ avif: 'avif', gif: 'gif', basic: 'basic', json: 'json', original: 'original' },
      },
      ['jp2', 'jxr', 'mp4', 'webm', 'png8', 'blurhash'],
    ),
    section: 'Format',
    about:
      'Format of the result. `jpg` is baseline, `pjpg` progressive, `basic` JPEG, PNG or GIF, as the picture needs; `json` answers with facts about the source instead, `original` with its own bytes, whatever kind of file it is.',
  },
  quality: {
    key: 'q',
    kind: quality,
    section: 'Format',
    needs: 'a lossy format',
    about:
      'Quality on the scale of JPEG; each format gets the number that looks the same. `auto` finds the lowest with which this picture still looks like its source.',
  },
  lossless: {
    key: 'lossless',
    kind: flag,
    section: 'Format',
    default: false,
    about:
      'Lossless WebP or AVIF; PNG where the format is not named and neither fits. Refused beside `fm=jpg`.',
  },
} satisfies Rows
