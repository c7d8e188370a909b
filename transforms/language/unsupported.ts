// Options that the imgix language defines and Halftone does not do: refused by name, because leaving one out would
// make another picture than the one asked for. A value that asks for nothing, or for what is done anyway, makes no other
// picture: it is passed over, and in no key. A line goes once an option of ours has its key.
import { readColour, writeColour } from '../options/colour.ts'

/**
 * Why some options are not done, and an option a line, from imgix-url-params 11.35.0: its key and aliases, and behind `=` the values that change nothing,
 * divided by `|`: its default, and what we do anyway.
 */
const table: readonly (readonly [reason: string, options: string])[] = [
  [
    'They need a model that makes pictures.',
    `
  fill-gen-fallback fill-generative-fallback = true
  fill-gen-neg-prompt fill-generative-negative-prompt
  fill-gen-pos fill-generative-position = center,middle|middle,center
  fill-gen-prompt fill-generative-prompt
  fill-gen-seed fill-generative-seed
  bg-remove background-remove = false
  bg-remove-fallback = true
  bg-remove-fg-type = auto
  bg-remove-semi-transparency background-removal-semi-transparency = true
  bg-remove-transparency-threshold = 0.2
  bg-replace background-replace = false
  bg-replace-fallback = true
  bg-replace-neg-prompt background-replace-negative-prompt = false
  object-removal-negative-prompt
  object-removal-prompt
  object-removal-rect
  object-removal-seed
  upscale = false
  upscale-fallback = true`,
  ],
  [
    'They need a model that finds things in pictures.',
    `
  lp-blur license-plate-blur = 0`,
  ],
  [
    'They are about videos and documents, which are no pictures.',
    `
  pdf-annotation annotation = true
  video-clip-start
  video-clip-end
  video-bitrate
  video-codec
  video-thumbnail = auto`,
  ],
  [
    'A file of ours says nothing of its size on paper.',
    `
  dpi`,
  ],
  [
    'An SVG is drawn. Its own text is sent by `fm=original`, with a policy under which nothing in it runs.',
    `
  svg-sanitize = true
  rasterize-bypass = false`,
  ],
  [
    'A text is wrapped and not cut off.',
    `
  txt-clip txtclip tcl = end`,
  ],
  [
    'A border has one line. `border` twice is `border` and `pad`.',
    `
  border-stroke-color = 0
  border-stroke-size = 0`,
  ],
  [
    'What its numbers mean is nowhere written down.',
    `
  nr = 0|20
  nrs = 0|20`,
  ],
  [
    'It is a help while an address is written, and no picture.',
    `
  fp-debug = false`,
  ],
]

interface LeftOut {
  readonly keys: readonly string[]
  /** Values that change nothing, in their one spelling. */
  readonly idle: ReadonlySet<string>
}

const linesOf = (options: string): readonly LeftOut[] =>
  options
    .trim()
    .split('\n')
    .map((line) => {
      const [keys = '', values] = line.split('=')
      return { keys: keys.trim().split(/\s+/), idle: new Set(values?.split('|').map(spelled)) }
    })

/** What is left out, and why; for the documentation. */
export const leftOut: readonly { readonly reason: string; readonly options: readonly LeftOut[] }[] =
  table.map(([reason, options]) => ({ reason, options: linesOf(options) }))

/** By key and alias, the values that change nothing. */
export const unsupported: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  leftOut.flatMap(({ options }) =>
    options.flatMap(({ keys, idle }) => keys.map((key) => [key, idle] as const)),
  ),
)

/** Whether this value of an option that is not done asks for nothing that is not done anyway. */
export const changesNothing = (key: string, value: string): boolean =>
  unsupported.get(key)?.has(spelled(value)) ?? false

/** Lists, numbers, flags and colours as they compare: `+0.0` is `0`, `1` is `true` beside a flag, `white` is `fff`. */
function spelled(value: string): string {
  return value
    .split(',')
    .map((part) => word(part.trim().toLowerCase()))
    .join(',')
}

function word(text: string): string {
  if (text === 'true') return '1'
  if (text === 'false') return '0'
  if (/^[+-]?(?:\d{1,10}\.?\d{0,20}|\.\d{1,20})$/.test(text)) return String(Number(text) + 0)
  const colour = readColour(text)
  return colour ? writeColour(colour) : text
}
