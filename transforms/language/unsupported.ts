// Options that the imgix language defines and Halftone does not do: refused by name, because leaving one out would
// make another picture than the one asked for. A value that asks for nothing, or for what is done anyway, makes no other
// picture: it is passed over, and in no key. A line counts no more once an option of ours has its key.
import { readColour, writeColour } from '../options/colour.ts'
import type { Rows } from '../options/option-types.ts'
import { requestOptions } from './options.ts'

/**
 * An option a line, from imgix-url-params 11.35.0: its key and aliases, and behind `=` the values that change nothing,
 * divided by `|`: its default, and what we do anyway.
 */
const table = `
  min-w min-width = 0|1
  min-h min-height = 0|1
  max-w max-width = 8192
  max-h max-height = 8192
  fp-debug = false
  fp-z = 1
  face-blur = 0
  face-pixel face-pixelate = 0
  faceindex
  facepad = 1
  faces
  chromasub = 420
  colorquant = 256
  cs = srgb|tinysrgb|strip
  dpi
  iptc = block
  svg-sanitize = true
  fill = solid
  fill-color fillcolor = fff
  fill-gen-fallback fill-generative-fallback = true
  fill-gen-neg-prompt fill-generative-negative-prompt
  fill-gen-pos fill-generative-position = center,middle|middle,center
  fill-gen-prompt fill-generative-prompt
  fill-gen-seed fill-generative-seed
  fill-gradient-cs = srgb
  fill-gradient-linear-direction = top,bottom
  fill-gradient-linear
  fill-gradient-radial-radius = 0.25,0.5
  fill-gradient-radial-x = 0.5
  fill-gradient-radial-y = 0.5
  fill-gradient-radial
  fill-gradient-type = linear
  grid-colors = d0d7dd,ffffff
  grid-size = 4
  transparency
  border
  border-bottom = 0
  border-left = 0
  border-right = 0
  border-top = 0
  border-radius = 0|0,0,0,0
  border-radius-inner = 0|0,0,0,0
  border-stroke-color = 0
  border-stroke-size = 0
  pad = 0
  pad-bottom = 0
  pad-left = 0
  pad-right = 0
  pad-top = 0
  corner-radius = 0|0,0,0,0
  mask
  mask-bg maskbg = fff
  trim
  trim-alpha
  trim-color trimcolor
  trim-md trimmd = 11
  trim-pad trimpad = 0
  trim-sd trimsd = 10
  trim-tol trimtol = 0
  bri = 0
  con = 0
  exp = 0
  gam = 0
  high = 0
  hue = 0|360
  invert inv = false
  sat = 0
  shad = 0
  usm = 0
  usmrad = 2.5
  vib = 0
  duotone
  duotone-alpha = 100
  htn = 0
  monochrome mono
  px = 0
  sepia = 0
  nr = 0|20
  nrs = 0|20
  mark m
  mark-align ma markalign = bottom,right|right,bottom
  mark-alpha markalpha malph = 100
  mark-base mb markbase
  mark-fit mf markfit = clip
  mark-h mh markh
  mark-if-min-height = 0
  mark-if-min-width = 0
  mark-pad mp markpad = 5
  mark-rot = 0
  mark-scale ms markscale
  mark-tile mtile marktile
  mark-w mw markw
  mark-x mx markx
  mark-y my marky
  blend b
  blend-align blendalign ba
  blend-alpha blendalpha balph = 100
  blend-color blendcolor blend-clr blendclr
  blend-crop blendcrop bc
  blend-fit blendfit bf = clip
  blend-h blendh bh
  blend-mode blendmode bm = overlay
  blend-pad blendpad bp = 0
  blend-size blendsize bs
  blend-w blendw bw
  blend-x blendx bx = 0
  blend-y blendy by = 0
  txt t
  txt-align txtalign ta = bottom,right|right,bottom
  txt-clip txtclip tcl = end
  txt-color txtcolor txt-clr txtclr tc
  txt-fit txtfit
  txt-font tf txtfont
  txt-line-color txtlinecolor txt-line-clr txtlineclr = fff
  txt-line txtline tl = 0
  txt-pad txtpad tp = 10
  txt-shad txtshad tsh = 0
  txt-size tsz txtsize = 12
  txt-width txtwidth
  txt-x txtx = 0
  txt-y txty = 0
  txt-lead txtlead = 0
  txt-track txttrack tt = 0
  fps
  interval = 1
  loop = 0
  reverse = false
  skip
  colors = 6
  palette
  prefix = image
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
  upscale-fallback = true
  page = 1
  pdf-annotation annotation = true
  rasterize-bypass = false
  lp-blur license-plate-blur = 0
  video-clip-start
  video-clip-end
  video-bitrate
  video-codec
  video-thumbnail = auto`

const done: ReadonlySet<string> = new Set(Object.values<Rows[string]>(requestOptions).map(({ key }) => key))

/** By key and alias, the values that change nothing, in their one spelling. */
export const unsupported: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [keys = '', values] = line.split('=')
      const idle = new Set(values?.split('|').map(spelled))
      const spellings = keys.trim().split(/\s+/)
      return spellings.some((key) => done.has(key)) ? [] : spellings.map((key) => [key, idle] as const)
    }),
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
