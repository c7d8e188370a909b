// Writes docs/options.md from the table of options, so that the page cannot say anything but what the parser does.

import { exactOptions, requestOptions } from '../transforms/language/options.ts'
import { mostPasses } from '../transforms/language/rows-chain.ts'
import { leftOut } from '../transforms/language/unsupported.ts'
import { type Option, type Section, sections } from '../transforms/options/option-types.ts'
import { eachStep } from '../transforms/steps/index.ts'

const requested: readonly Option<unknown>[] = Object.values(requestOptions)
const exactOnly: readonly Option<unknown>[] = Object.values(exactOptions).filter(
  (option) => !requested.some(({ key }) => key === option.key),
)

export function optionsPage(): string {
  const tables = sections
    .filter((section) => inSection(section).length > 0)
    .flatMap((section) => [`### ${section}`, table(inSection(section))])
  return `${[opening(), ...tables, passes, fits, formats, keys, table(exactOnly), notSupported()].join('\n\n')}\n`
}

const inSection = (section: Section): readonly Option<unknown>[] =>
  requested.filter((option) => option.section === section)

function table(options: readonly Option<unknown>[]): string {
  const head = ['| Option | Also | Value | Default | Needs | Meaning |', '|---|---|---|---|---|---|']
  return [...head, ...options.map(row)].join('\n')
}

function row(option: Option<unknown>): string {
  const preset = option.default === undefined ? '' : code(option.kind.write(option.default))
  const aliases = (option.aliases ?? []).map(code).join(' ')
  const cells = [code(option.key), aliases, option.kind.expected, preset, option.needs ?? '', option.about]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** The options of each step, steps in the order they are done in. */
function order(): string {
  return eachStep
    .map(({ rows }) => Object.values(rows).map(({ key }) => code(key)))
    .filter((keys) => keys.length > 0)
    .map((keys) => keys.join(', '))
    .join('; ')
}

const code = (text: string): string => `\`${text}\``

const opening =
  (): string => `<!-- Written by docs/generate.ts from transforms/language/options.ts. Do not edit: run \`npm run docs\`. -->

# Options

A picture's address is \`/{source}/{path}?{options}\`, for example
\`/photos/cats/tom.jpg?w=640&h=480&fit=crop&auto=format,compress\`. Names and meanings are those of imgix.

A running Halftone shows this list with pictures: \`/_halftone/options\` has one of each option beside the same without it,
made while you look. The start page has a playground for them, with the address to paste as HTML, React, Vue, Next.js or
Nuxt, and \`/_halftone/options.json\` has the list for programs.

* Order does not matter, nor does the case of keys and words. A repeated option counts once, the first time; \`auto\`
  merges. Keys that the language does not know (\`utm_source\`, \`ixlib\`) are ignored and make no new picture.
* Any option may be given in URL-safe Base64 by adding 64 to its key (\`w64=NjQw\`), except \`auto\` and \`ch\`.
* A value that cannot be read is an error (400) that says what was expected, for example
  "Expected an integer from 0 to 100, or auto for q, received 101".
* A fraction has a decimal point or is below 1: \`w=0.5\` is half the width of the source, \`w=1.0\` all of it,
  \`w=1\` one pixel. Fractions are kept to four decimals.
* Colours put alpha first: \`bg=80ff0000\` is red, half transparent.
* Steps are done in this order, however the options are ordered: ${order()}; encoding.
  \`rect\` is meant on the picture as its EXIF orientation and \`turn\` turn it.
* In \`rect\` and \`cut\` a place may also be a percentage of the room beside the region (\`30p\`; \`0p\` is the near edge,
  \`100p\` the far one), and one ratio may stand for both sides: \`rect=center,top,16:9\` is the largest such part.
* No side of a result is longer than 8192 pixels: a larger one shrinks with its ratio kept.

* What is to be done in another order goes into \`then\`, whose value is a query of its own: see [below](#further-passes).

## Options of a request`

const passes = `## Further passes

The steps have one order. Where another one is wanted, \`then\` begins anew with what all other options have made:

    /photos/tom.jpg?w=600&h=400&fit=crop&mark=/logo.png&then=rot=90;rot-type=pivot;blur=40;then=mark=/new.png

is cut to 600 x 400 and gets a logo; the result is turned and blurred; that gets a second mark, which is sharp.

* A pass is options of steps, and \`bg\`, divided by semicolons. \`;then=\` begins the next one. There are ${mostPasses} at most,
  the first included; one that does nothing is none. Shares, regions and places are those of the picture so far.
* The value is a query of its own: what is percent-encoded in it is encoded once more in the address
  (\`then=txt=50%2525\` writes "50%"), as \`URLSearchParams\` does by itself. \`&\` may stand for \`;\`, and
  \`then64\` takes all of it in Base64.
* Format, quality, metadata, frames, \`auto\` and \`ch\` are those of the whole picture and stand outside. \`auto=enhance\` is
  a step of the first pass. \`dpr\` multiplies lengths in pixels in every pass; one without a size in pixels has the
  density of the pass before it. The \`Width\` hint counts in the first pass.
* Each pass is priced at the sizes that it has, and each has the limits of a picture. Pixels between two passes are of 8
  bits in sRGB, transparent where the pass has left them so: what is transparent is painted where \`bg\` says it, and in
  the end where the format has no transparency.

\`halftone explain\` shows the steps of each pass.`

const fits = `## Fit modes

| \`fit\` | Result | Enlarges | Crops |
|---|---|---|---|
| \`clip\` | inside w × h, one side matches | yes | no |
| \`max\` | as \`clip\` | no | no |
| \`crop\` | exactly w × h; needs both sides, or \`ar\` | yes | yes |
| \`cover\` | as \`crop\`, but nothing is cut off | yes | no |
| \`min\` | the ratio of w × h, as large as the source allows | no | yes |
| \`scale\` | exactly w × h, distorted | yes | no |
| \`fill\` | exactly w × h, the rest painted in \`bg\` | yes | no |
| \`fillmax\` | as \`fill\`, the picture not enlarged | canvas only | no |
| \`clamp\` | exactly w × h, the rest repeats the picture's edge | yes | no |

\`enlarge=no\` keeps \`scale\`, \`crop\` and \`cover\` from enlarging: a side that the source is too small for is as long as the
source's. \`enlarge=only\` leaves a source as it is that \`clip\`, \`cover\` or \`fill\` would not enlarge.
\`enlarge=fill\` keeps from enlarging as \`no\` does, and paints the rest of \`scale\` and \`crop\` in \`bg\`; on such a canvas \`crop\` takes no \`entropy\` or \`attention\`.

With one side given, nothing is left to crop, fill or distort: \`max\`, \`min\` and \`fillmax\` are then \`max\`, all
others \`clip\`.

In \`crop\`, of \`entropy\`, \`attention\` (also spelled \`edges\`) and \`focalpoint\` the first one counts, and positions
beside it do not. A crop whose covering picture would be longer than 8192 pixels is cut before it is resized; such a
sliver is not searched, \`entropy\` and \`attention\` take its centre.`

const formats = `## Formats

* Content credentials (C2PA) seal every byte of the file that they are in, so they stay in \`fm=original\` alone: in any
  other file they would be false. That is so for \`meta=all\` too.
* Without an option that changes pixels (a bare address; \`fm\` that names the source's own format; \`w\` with \`fit=max\`
  that is wider than the source) the source's own bytes go out: nothing is coded again. Texts, places, thumbnails and
  whatever else is not the picture are left out; the colour profile stays, and in a JPEG the EXIF orientation, alone. What
  not every browser shows (CMYK, TIFF) is made anew, and so is a file that is not built as its format says.
* \`auto=format\` sends the smallest of what the client reads: AVIF, else WebP; the source's own format; the source's
  own bytes, where the size is theirs. Drawings (text, screens, flat colours) go without loss, as WebP or PNG, unless that
  costs a quarter more; animations as WebP or GIF. A client that reads neither WebP nor AVIF gets \`fm\`; otherwise PNG
  for transparency and for sources that are graphics (PNG, GIF, SVG, BMP, ICO, PDF), JPEG for the rest.
* With \`auto=format,jxl\` JPEG XL is tried as well for clients that name \`image/jxl\`, and sent where it is smaller; a
  source's \`defaults\` can say so for all its pictures. It takes cjxl (\`libjxl-tools\`) where pictures are made: about 100
  ms a megapixel. Without it the others answer, and \`fm=jxl\` is refused with 501.
* A client that asks for videos and for no picture (\`Accept: video/*\` or \`video/mp4\`, without \`image/\`) gets an
  animation as MP4 under \`auto=format\`, and of a picture that stands still what every browser reads.
* Sources may be JPEG, PNG, GIF, WebP, AVIF, TIFF, SVG, BMP, ICO (its largest picture counts), Photoshop documents (their
  merged picture, in RGB, grey, CMYK or a palette) and RAW (DNG, CR2, NEF, ARW, RAF: the largest JPEG that the camera put into it).
  Other programs, where they are installed, read HEIC (\`libheif-examples\`), JPEG XL (\`libjxl-tools\`, the first frame), JPEG
  2000 (\`libopenjp2-tools\`), PDF (\`poppler-utils\`; a page is drawn at the size that is wanted, 96 pixels to an inch where
  none is named; not encrypted ones) and one moment of MP4, QuickTime and WebM (\`ffmpeg\`). They run apart: 20 seconds,
  2 GB, none of the server's environment, no network. Without the program the answer is 415 (of a film 501) and names it.
* An animation (GIF, WebP, animated PNG, AVIF sequence) stays animated as WebP or GIF. As JPEG, PNG or AVIF it is its
  first frame; animated PNG and AVIF are read and not written, but their own bytes move where those are the answer. Of an
  AVIF sequence the frames are read by ffmpeg, its first picture without. All frames of a PNG or AVIF have 60 megapixels at most. A pace or a number of repetitions that the
  format of the result cannot hold becomes the nearest that it can, and too many repetitions are for ever.
* Results are in sRGB, but for the source's own bytes. Colours are converted by the profile of the source, or by what it says instead: the code points of
  AVIF (\`nclx\`), and \`cICP\`, \`gAMA\` and \`cHRM\` of PNG. PQ and HLG are mapped to what a usual screen shows.
* A JPEG that lacks only its end marker is a whole picture. What is cut short in its pixels is refused (422), unless its
  source is \`lenient\`, see [settings.md](settings.md).
* Without \`auto=format\` and \`fm\` a picture keeps the format of its source; sources that browsers do not read become
  PNG or JPEG as above. A WebP without loss stays without loss, unless \`q\` or \`auto=compress\` asks for less.
* PNG has a palette where there are no more than 256 colours, and rows that are filtered where that is smaller.
* JPEG that is made for \`fm=jpg\`, or was chosen automatically, is baseline: its first answer costs less. \`fm=pjpg\` is
  progressive.
* \`lossless\` turns an unnamed JPEG into PNG and is refused beside \`fm=jpg\`; PNG and GIF need no such option. With
  \`auto=format\` it sends the smallest that loses nothing.
* With \`q\` the source's own bytes go out where what would be made in their format and size is no smaller.
* \`q=auto\` aims at a visual score of 76 (SSIMULACRA2; 72 with \`auto=compress\` or \`Save-Data\`): the quality is found for
  each picture and format, which takes several times as long to make. JPEG is then progressive. A picture that is asked
  for in its own format and size, and nothing else, never has more bytes than its source. Animations and results of more
  than 8 megapixels get the default quality. The headers \`halftone-quality\` and \`halftone-score\` tell what was found.
* \`fm=original\` answers with the source's own bytes: pictures are shown, anything else is a download. An SVG is not
  cleaned, scripts and all are still in it: it is sent with a \`Content-Security-Policy\` (\`sandbox\`, nothing but what
  it holds itself), so that a browser that opens it runs, loads and submits nothing. \`dl\` names the download of any picture.
* \`fm=json\` answers with facts about the source; \`details=true\` tells more, and \`faces=true\` where the faces are. No
  other option changes them.
* Faces are looked for in a copy of 640 pixels, the first frame of an animation, where a cut is to keep them; in an SVG
  nobody looks. The headers \`halftone-faces\` and \`halftone-crop\` tell how many were found and what decided: \`faces\`, or
  the words of \`crop\` that count without one. \`fit=facearea,fill\` is \`fit=fill\`.
* What is transparent by \`mask\`, \`pad\`, rounded borders or a transparent canvas stays so where the format can: a picture
  whose format is chosen becomes one that can. In JPEG it is white, or \`bg\`.
* With \`placeholder\` and \`palette\` a text is told of the picture that the other options ask for; without a size it is
  looked at in 200 pixels.
* \`trim\` is done in two goes: the content is looked for in the pixels of the source, then everything else is planned for
  what is left of it.`

const keys = `## Options of an exact address

The edge turns every request into an exact address: the same options, sorted, without defaults and without what has no
effect, and these, which only the edge writes. It ends with the revision of Halftone's transforms (\`rev\`). The exact
address is the key of every cache; all requests for one picture share it.`

function notSupported(): string {
  const rows = leftOut.map(({ reason, options }) => {
    const names = options.map(({ keys }) => keys.map(code).join(' ')).join(', ')
    return `| ${names} | ${reason} |`
  })
  return `## Left out

These options of the imgix language are not done. They are refused with an error that names them, never ignored, because
the picture would not be the one that was asked for.

| Options | Why |
|---|---|
${rows.join('\n')}

A value of theirs that asks for nothing, or for what is done anyway, is accepted and makes no other picture: ${idleValues()}.

Of the options above, these values are refused in the same way: ${refusedValues()}.`
}

/** By the first name of each option. */
const idleValues = (): string =>
  leftOut
    .flatMap(({ options }) => options)
    .flatMap(({ keys: [key = ''], idle }) => [...idle].map((value) => code(`${key}=${value}`)))
    .join(', ')

function refusedValues(): string {
  const values = requested.flatMap(({ key, kind }) =>
    (kind.refused ?? []).map((word) => code(`${key}=${word}`)),
  )
  return values.join(', ')
}
