// The operations of Uploadcare for its page of docs/, and those that are refused by name. How each is read stands beside
// what it does, in operations.ts and its neighbours; a test holds both lists together.
import type { Why } from '../shared/reasons.ts'
import type { Word } from '../shared/words.ts'

const done = (name: string, takes: string, becomes: string, differs?: string): Word => ({
  name,
  takes,
  becomes,
  ...(differs === undefined ? {} : { differs, when: /(?!)/ }),
  read: () => ({}),
})

const missing = (name: string, takes: string, why: Why): Word => ({ name, takes, why })

export const sizeOperations: readonly Word[] = [
  done('preview', 'WxH, or nothing for 2048x2048', '`w`, `h`, `fit=max`'),
  done('resize', 'WxH, Wx or xH', '`fit=scale`, or one side'),
  done(
    'smart_resize',
    'WxH',
    '`fit=crop`, `crop=attention`',
    'The part that draws attention is kept, and nothing is stretched.',
  ),
  done(
    'scale_crop',
    'WxH, then a place, or smart and its kin with a place behind it',
    '`fit=crop` with `crop=faces`, `attention` (objects) and `entropy` (points) as the word names them; `fit=cover` and `cut` for a place that has no word',
    'A place behind a type counts beside `smart_faces`: the others find something in every picture.',
  ),
  done('stretch', 'on, off or fill', 'nothing, `enlarge=no` or `enlarge=fill` of the size behind it'),
  done(
    'crop',
    'WxH or W:H and a place; image, W:H or WpxHp and a place; face, W:H and WpxHp',
    '`rect` before a size, `cut` behind it; `face` with the size behind it `crop=faces`, `faceindex=1`, `facepad`',
    'A crop that reaches beyond the picture is cut to it. Percentages behind `face` are those of both sides.',
  ),
  done('trim', 'a tolerance in percent', '`trim=color`, `trim-tol`', 'No padding.'),
  done(
    'border_radius',
    'one to four radii in pixels, or 50p',
    '`mask=corners`, `corner-radius`; `mask=ellipse`',
    'Vertical radii are refused.',
  ),
  done(
    'setfill',
    'a colour in hex, alpha last',
    '`bg`, where a ground is painted: behind transparency in a JPEG, and beside the picture with `stretch/fill`',
  ),
  missing('zoom_objects', 'a percentage', 'model'),
]

export const turnOperations: readonly Word[] = [
  done('autorotate', 'yes or no', '`turn`, `or`'),
  done('rotate', 'a multiple of 90, counter-clockwise', '`or`, `turn`, or `rot` with `rot-type=pivot`'),
  done('flip', 'nothing', '`turn`, `flip`'),
  done('mirror', 'nothing', '`turn`, `flip`'),
]

export const effectOperations: readonly Word[] = [
  done(
    'blur',
    'a strength from 0 to 5000, then 100 or a negative amount',
    '`blur`, up to 2000; with a negative amount `usm`, `usmrad`',
    'Amounts from 1 to 99 are refused.',
  ),
  done(
    'blur_region',
    'WxH, x,y and a strength; faces and a strength',
    '`hide`, `hide-by=blur`; `face-blur`',
    'How strong it is, is ours: nothing of it can be recognised.',
  ),
  done('sharp', 'a strength from 0 to 20', '`sharp` times five'),
  done('brightness', '-100 to 100', '`bri`'),
  done('exposure', '-500 to 500', '`exp`, a fifth'),
  done('gamma', '0 to 1000', '`gam`', 'It ends where ours does: at 25 and 400.'),
  done('contrast', '-100 to 500', '`con`', 'It ends at 100.'),
  done('saturation', '-100 to 500', '`sat`', 'It ends at 100.'),
  done('vibrance', '-100 to 500', '`vib`', 'It ends at 100.'),
  done(
    'warmth',
    '-100 to 100',
    '`balance`',
    'A fifth more red and a fifth less blue: the filter itself is nowhere written down.',
  ),
  done('enhance', '0 to 100', '`auto=enhance`', 'It has one strength; 0 is none.'),
  done('grayscale', 'nothing', '`sat=-100`'),
  done('invert', 'nothing', '`invert`'),
  missing('filter', 'a name and an amount', 'step'),
]

export const drawnOperations: readonly Word[] = [
  done(
    'overlay',
    'an upload or self, WpxHp, a place and an opacity',
    '`mark`, `mark-w`, `mark-h`, `mark-x`, `mark-y`, `mark-align`, `mark-alpha`',
    '`self` is the file as it was uploaded. Places are pixels, edges, corners or the middle.',
  ),
  done(
    'text',
    'WxH, x,y and a text',
    '`txt`, `txt-x`, `txt-y`, `txt-width`, `txt-align`',
    'In a box in pixels from its upper left corner, or over the whole picture.',
  ),
  done('font', 'a weight, a style, a size, a colour and a family', '`txt-font`, `txt-size`, `txt-color`'),
  done('text_align', 'left, center or right, then top, center or bottom', '`txt-align`'),
  done(
    'text_box',
    'none; fit, line or fill, a colour and a padding',
    '`txt-bg`',
    'A box round every line is one round them all, and the padding is ours.',
  ),
  done('rect', 'a colour, WxH and x,y', '`hide`, `hide-color`'),
]

export const outputOperations: readonly Word[] = [
  done(
    'format',
    'one of auto, preserve, jpeg, png, webp; behind gif2video mp4 or webm',
    '`auto=format`, `fm=basic`, `fm`',
  ),
  done('progressive', 'yes or no', '`fm=pjpg`, beside `format/jpeg`'),
  done(
    'quality',
    'one of normal, better, best, lighter, lightest, smart, smart_retina',
    '`q`: our own, 86, 92, 70, 45; `q=auto`, with `auto=compress` for `smart_retina`',
  ),
  done('strip_meta', 'one of all, none, sensitive', '`meta=none`, `all`, `nolocation`'),
  done('srgb', 'fast or icc', 'what is always done', '`keep_profile` is refused.'),
  done('max_icc_size', 'kilobytes', 'nothing: there is no profile'),
  done('rasterize', 'nothing', 'what is always done'),
  done('inline', 'yes or no', 'whether a browser shows the file or saves it'),
  done('gif2video', 'nothing, in front of all others', '`fm=mp4`', 'ffmpeg is needed.'),
  done('@clib', 'a client', 'nothing'),
]

export const toldOperations: readonly Word[] = [
  done(
    'json',
    'nothing',
    '`fm=json`',
    '`dpi`, `geo_location`, `datetime_original`, `hash` and `blurhash` are always null.',
  ),
  done('main_colors', 'a number up to 16', '`palette=json`, `colors`'),
  done('detect_faces', 'nothing', '`fm=json`, `faces`'),
  missing('jsonp', 'nothing', 'script'),
]

export const operationTables = [
  { heading: 'Size and shape', words: sizeOperations },
  { heading: 'Turns', words: turnOperations },
  { heading: 'Colour and effects', words: effectOperations },
  { heading: 'Overlays and text', words: drawnOperations },
  { heading: 'Format and delivery', words: outputOperations },
  { heading: 'Information', words: toldOperations },
] as const

/** What is known, and refused by name. */
export const notDone: ReadonlySet<string> = new Set(
  operationTables.flatMap(({ words }) => words.filter(({ read }) => !read).map(({ name }) => name)),
)

const addresses = [
  [
    '`/UUID/-/operation/arguments/-/operation/.../name`',
    'a picture made from the upload; the file name at the end is optional and names the download',
  ],
  ['`/UUID/`', 'the file as it was uploaded: a picture is shown, any other file is a download'],
  ['`/UUID/gif2video/-/format/mp4/...`', 'a video of an animated GIF or WebP, with the operations behind it'],
  [
    '`/UUID/-/json/`, `/UUID/-/main_colors/N/`, `/UUID/detect_faces/`',
    'facts about the file, its main colours, the boxes of its faces',
  ],
  ['`/UUID~N/`', 'a group as JSON (by a process with the API); archives of groups are not made'],
  [
    '`/UUID~N/nth/0/...`',
    'a redirect to a file of the group, with the operations it was grouped with and then those written here (by a process with the API)',
  ],
] as const

/** What is true of its addresses as a whole, for the page of docs/. */
export const uploadcareAbout: readonly string[] = [
  [
    '| Address | Answers |',
    '|---|---|',
    ...addresses.map(([address, answer]) => `| ${address} | ${answer} |`),
  ].join('\n'),
  'Operations are done from left to right. Where one pass over the picture comes to the same, it is one; where our order of steps would be seen, a further pass begins (`then`), up to eight in all: a blur before a size, a crop in a crop, an overlay under a second one or under an effect. Settings (`stretch`, `setfill`, `font`, `format`, `quality`) count from where they stand on. Two sizes in a row are one where one of them can stand for both, so a picture that was edited in the widget and is sized once more loses nothing.',
  'At least one sizing operation is needed, but behind `gif2video`. Of an animation the first frame is shown, but behind `gif2video`. An SVG becomes pixels. Of the defaults of the source only quality, lossless and background count, and only where the address says nothing about them.',
  "Where `uploads` has keys, an address carries Uploadcare's `token=exp=...~acl=...~hmac=...` (a key that is written in hexadecimal is used as bytes) or Halftone's own `s=...`. A group's address is signed in the same way; the address that it redirects to is signed by Halftone, and expires when the group's does.",
]
