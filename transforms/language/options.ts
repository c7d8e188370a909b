// The one table of options: it drives the parser, the canonical text, the errors and docs/options.md.
// An option more is one row here and its use in plan. Names, ranges and defaults: imgix-url-params 11.35.0.
import {
  colour,
  decimal,
  fileName,
  flag,
  integer,
  length,
  listOf,
  oneOf,
  ratio,
  region,
  same,
  text,
} from './kinds.ts'
import type { Option, ValueOf } from './option-types.ts'

/** The longest side of any result, in pixels; reference: "Size limits: 8192 per output side". */
export const maxSide = 8192

type Rows = Readonly<Record<string, Option<unknown>>>

/** Options that a request may carry and that say what picture is to be made: the exact address keeps them. */
const kept = {
  width: {
    key: 'w',
    aliases: ['width'],
    kind: length(maxSide),
    section: 'Size',
    about: 'Width of the result: pixels, or a share of the width of the source (of `rect`, where given).',
  },
  height: {
    key: 'h',
    aliases: ['height'],
    kind: length(maxSide),
    section: 'Size',
    about: 'Height of the result: pixels, or a share of the height of the source (of `rect`, where given).',
  },
  aspect: {
    key: 'ar',
    kind: ratio,
    section: 'Size',
    needs: '`fit=crop`',
    about:
      'Ratio of the result; derives the side that is not given. With neither side, cuts the source to it.',
  },
  dpr: {
    key: 'dpr',
    kind: decimal(0.0001, 5, 'a number above 0 and up to 5'),
    section: 'Size',
    default: 1,
    needs: '`w` or `h`',
    about: 'Multiplies `w` and `h`. A result that would pass 8192 pixels keeps its ratio and stops there.',
  },
  fit: {
    key: 'fit',
    aliases: ['f'],
    kind: oneOf(same('clip', 'clamp', 'crop', 'fill', 'fillmax', 'max', 'min', 'scale'), ['facearea']),
    section: 'Size',
    default: 'clip',
    needs: '`w` or `h`',
    about: 'How the picture meets its frame; see the table of fit modes.',
  },
  crop: {
    key: 'crop',
    kind: listOf(same('top', 'bottom', 'left', 'right', 'focalpoint', 'entropy', 'attention', 'edges'), [
      'faces',
    ]),
    section: 'Crop',
    needs: '`fit=crop`',
    about: 'Which part survives; the centre when not given. Positions combine (`top,left`).',
  },
  focalX: {
    key: 'fp-x',
    kind: decimal(0, 1),
    section: 'Crop',
    default: 0.5,
    needs: '`crop=focalpoint`',
    about: 'The point to keep in the middle, from the left edge (0) to the right edge (1).',
  },
  focalY: {
    key: 'fp-y',
    kind: decimal(0, 1),
    section: 'Crop',
    default: 0.5,
    needs: '`crop=focalpoint`',
    about: 'The point to keep in the middle, from the top edge (0) to the bottom edge (1).',
  },
  region: {
    key: 'rect',
    kind: region,
    section: 'Crop',
    about:
      'Region of the upright source to use, before every other step. What lies outside the source is left out.',
  },
  orientation: {
    key: 'or',
    aliases: ['orient'],
    kind: oneOf(same('0', '1', '2', '3', '4', '5', '6', '7', '8', '90', '180', '270')),
    section: 'Orientation',
    about:
      'Overrides the EXIF orientation (0 to 8), or turns the upright picture clockwise by 90, 180 or 270 degrees.',
  },
  rotation: {
    key: 'rot',
    kind: decimal(0, 360),
    section: 'Orientation',
    default: 0,
    about:
      'Turns the result clockwise, in degrees. Quarter turns are exact; others enlarge to keep the frame filled.',
  },
  flip: {
    key: 'flip',
    kind: oneOf({ h: 'h', v: 'v', hv: 'hv', vh: 'hv' }),
    section: 'Orientation',
    about: 'Mirrors the result, before `rot`: `h` left-right, `v` top-bottom, `hv` both.',
  },
  background: {
    key: 'bg',
    kind: colour,
    section: 'Colour and effects',
    about:
      'Behind transparent pixels (when opaque) and on added canvas. White where a colour is needed and none given.',
  },
  blur: {
    key: 'blur',
    kind: integer(0, 2000),
    section: 'Colour and effects',
    default: 0,
    about: 'Gaussian blur of the result; its sigma is a tenth of this in pixels.',
  },
  sharpen: {
    key: 'sharp',
    kind: decimal(0, 100),
    section: 'Colour and effects',
    default: 0,
    about: 'Sharpening of the result.',
  },
  format: {
    key: 'fm',
    kind: oneOf(
      {
        ...{ jpg: 'jpeg', jpeg: 'jpeg', pjpg: 'pjpg', png: 'png', webp: 'webp', avif: 'avif' },
        ...{ gif: 'gif', json: 'json', original: 'original' },
      },
      ['jp2', 'jxr', 'mp4', 'webm', 'png8', 'png32', 'blurhash'],
    ),
    section: 'Format',
    about:
      'Format of the result. `jpg` is baseline, `pjpg` progressive, `json` answers with facts about the source instead, `original` with its own bytes, whatever kind of file it is.',
  },
  quality: {
    key: 'q',
    kind: integer(0, 100),
    section: 'Format',
    needs: 'a lossy format',
    about: 'Quality on the scale of JPEG; each format gets the number that looks the same.',
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

/** Options that the edge uses up: they become others, or decide whether to answer at all, and are in no key. */
const spent = {
  automatic: {
    key: 'auto',
    kind: listOf(same('format', 'compress'), ['enhance', 'redeye', 'true']),
    section: 'Automatic',
    merges: true,
    plainOnly: true,
    about:
      '`format` picks AVIF or WebP for clients that accept it, else `fm`, else JPEG or PNG. `compress` lowers the default quality.',
  },
  hints: {
    key: 'ch',
    kind: listOf(same('width', 'dpr', 'save-data')),
    section: 'Automatic',
    plainOnly: true,
    about:
      'Client hints that may drive the answer: `Width` replaces `w` (and `dpr`), `DPR` replaces `dpr`, `Save-Data` lowers the default quality.',
  },
  rotationType: {
    key: 'rot-type',
    aliases: ['rottype', 'rott'],
    kind: oneOf(same('straighten'), ['pivot']),
    section: 'Orientation',
    default: 'straighten',
    needs: '`rot`',
    about: 'The frame keeps its size and stays filled.',
  },
  expires: {
    key: 'expires',
    kind: integer(0, 9_999_999_999, 'a time in Unix seconds'),
    section: 'Access',
    about: 'Unix time in seconds, past which the address answers 404. Sign the address to make it hold.',
  },
  download: {
    key: 'dl',
    kind: fileName,
    section: 'Access',
    about:
      'Answers as a download under this file name. The picture itself stays the same, and so does its key.',
  },
  signature: {
    key: 's',
    kind: text(200, 'a signature'),
    section: 'Access',
    about: 'Signature of the address, always last.',
  },
} satisfies Rows

/** What only exact addresses say: choices that the edge made. */
const made = {
  formats: {
    key: 'formats',
    kind: oneOf(same('avif,webp', 'avif', 'webp', 'basic')),
    section: 'Format',
    about: 'What the client accepts; the picture itself decides which of them it becomes.',
  },
  saving: {
    key: 'saving',
    kind: flag,
    section: 'Format',
    default: false,
    about: 'The default quality is the low one.',
  },
} satisfies Rows

type Values<R> = { readonly [K in keyof R]?: ValueOf<R[K]> }

/** A request as its URL says it: vague, because the client has a say too. Absent is not given. */
export type Options = Values<typeof kept & typeof spent>

/** One picture, every choice made. Absent is the default, or without effect. */
export type Spec = Values<typeof kept & typeof made>

export type Fit = NonNullable<Spec['fit']>

export const requestOptions = { ...kept, ...spent } as const
export const exactOptions = { ...kept, ...made } as const
