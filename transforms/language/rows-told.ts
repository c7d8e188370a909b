// The rows of the table of options that ask for something told of the picture instead of the picture.
import { flag, integer, oneOf, same } from '../options/kinds.ts'
import { identifier } from '../options/kinds-text.ts'
import type { Rows } from '../options/option-types.ts'

const section = 'Told instead of a picture'

export const toldRows = {
  placeholder: {
    key: 'placeholder',
    kind: oneOf(same('blurhash', 'thumbhash', 'lqip', 'color')),
    section,
    about:
      'A text to show until the picture is there: a BlurHash, a ThumbHash in Base64, a `data:` address of a tiny WebP (`lqip`), or the dominant colour. Of the picture that the other options ask for.',
    example: { value: 'blurhash', isText: true },
  },
  palette: {
    key: 'palette',
    kind: oneOf(same('json', 'css')),
    section,
    about: 'The dominant colours of the picture, the most frequent first, as JSON or as classes of CSS.',
    example: { value: 'css', isText: true },
  },
  details: {
    key: 'details',
    kind: flag,
    section,
    default: false,
    needs: '`fm=json`',
    about:
      'The facts in full: also the name of the colour profile, what EXIF and IPTC say (but for the place), a SHA-256 of the file, its dominant colours and a BlurHash. The file is read for it.',
    example: { value: 'true', beside: 'fm=json', frame: '', isText: true },
  },
  listFaces: {
    key: 'faces',
    kind: flag,
    section,
    default: false,
    needs: '`fm=json`',
    about:
      'The facts in full, as with `details`, and the faces that are found in the upright picture: `x`, `y`, `width` and `height` in its pixels, and a `score` from 0 to 1.',
    example: { value: '1', frame: 'fm=json', sample: 'portrait.jpg', isText: true },
  },
  paletteSize: {
    key: 'colors',
    kind: integer(1, 16),
    section,
    default: 6,
    needs: '`palette`',
    about: 'How many colours at most.',
    example: { value: '3', beside: 'palette=css', frame: 'w=320', isText: true },
  },
  palettePrefix: {
    key: 'prefix',
    kind: identifier,
    section,
    default: 'image',
    needs: '`palette=css`',
    about: 'What the names of the classes begin with.',
    example: { value: 'sky', beside: 'palette=css', frame: 'w=320', isText: true },
  },
} satisfies Rows
