// Draws a text upon the finished picture.
import type { Colour } from '../options/colour.ts'
import type { Alignment } from '../options/kinds-picture.ts'
import type { Font } from '../options/kinds-text.ts'
import { unexpected } from '../options/refusals.ts'
import type { Size } from './geometry/sizes.ts'
import { type Place, scaledPx } from './overlay.ts'
import { effectOf, type Loose } from './step.ts'
import { black, lowerRight, textRows, usual, white } from './text-rows.ts'

export interface Text {
  readonly text: string
  readonly font: Font
  /** Of the letters, in pixels. */
  readonly size: number
  /** Lines are no longer than this, in pixels. */
  readonly width: number
  /** The letters are as large as they can be in `width` and this. */
  readonly height?: number
  readonly at: Place
  readonly colour: Colour
  /** Behind the letters. */
  readonly behind?: Colour
  readonly outline?: { readonly width: number; readonly colour: Colour }
  /** Pixels by which the shadow is blurred. */
  readonly shadow?: number
  /** Pixels between lines and between letters, beside the usual ones. */
  readonly lead?: number
  readonly track?: number
}

interface Asked {
  readonly text?: string
  readonly textFont?: Font
  readonly textSize?: number
  readonly textColour?: Colour
  readonly textAlign?: Alignment
  readonly textPad?: number
  readonly textX?: number
  readonly textY?: number
  readonly textWidth?: number
  readonly textFit?: 'max'
  readonly textLine?: number
  readonly textLineColour?: Colour
  readonly textShadow?: number
  readonly textBackground?: Colour
  readonly textLead?: number
  readonly textTrack?: number
}

export const text = effectOf<Text>()({
  name: 'text',
  rows: textRows,
  exact: (options: Asked, { density }) => (options.text === undefined ? {} : exactText(options, density)),
  value(spec: Asked, base) {
    if (spec.text === undefined) return undefined
    const { textPad: pad = usual.pad, textX: left, textY: top, textSize: size = usual.size } = spec
    const width = spec.textWidth ?? Math.max(1, base.width - (left ?? pad) - pad)
    const height = spec.textFit && Math.max(1, base.height - (top ?? pad) - pad)
    refuseHuge(spec.text, size, { width, height: height ?? 0 })
    const { textLine: line, textShadow, textBackground, textLead, textTrack } = spec
    return {
      text: spec.text,
      font: spec.textFont ?? { families: [], bold: false, italic: false },
      size,
      width,
      ...(height !== undefined && { height }),
      at: {
        ...(spec.textAlign ?? lowerRight),
        pad,
        ...(left !== undefined && { left }),
        ...(top !== undefined && { top }),
      },
      colour: spec.textColour ?? black,
      ...(textBackground && { behind: textBackground }),
      ...(line && { outline: { width: line, colour: spec.textLineColour ?? white } }),
      ...(textShadow && { shadow: textShadow }),
      ...(textLead && { lead: textLead }),
      ...(textTrack && { track: textTrack }),
    }
  },
  colours: ({ colour, behind, outline }) => [colour, behind, outline?.colour].some(isColoured),
  edges: ({ colour, outline, behind }) =>
    isColoured(colour) || isColoured(outline?.colour) || isColoured(behind),
  rates: { text: 10, 'text once': 4, 'text drawn': 22, 'text outline': 4 },
  work: (value, { made }) => ({
    text: made,
    'text once': 1,
    'text drawn': areaOf(value.text, value.size, value),
    'text outline': value.outline ? areaOf(value.text, value.size, value) * value.outline.width * 2 : 0,
  }),
})

/** Lengths in pixels of the result. */
function exactText(asked: Asked, density: number): Loose<Asked> {
  const { textFont, textAlign, textLine, textLead, textShadow, textTrack } = asked
  const line = textLine && Math.min(50, Math.max(1, Math.round(textLine * density)))
  const size = Math.min(2000, Math.max(1, Math.round((asked.textSize ?? usual.size) * density)))
  const pad = scaledPx(asked.textPad ?? usual.pad, density)
  const isPlain = textFont?.families.length === 0 && !textFont.bold && !textFont.italic
  const width = scaledPx(asked.textWidth, density)
  return {
    text: asked.text,
    textFont: isPlain ? undefined : textFont,
    textSize: asked.textFit || size === usual.size ? undefined : size,
    textColour: isSame(asked.textColour, black) ? undefined : asked.textColour,
    textAlign: textAlign?.x === 1 && textAlign.y === 1 ? undefined : textAlign,
    textPad: pad === usual.pad ? undefined : pad,
    textX: scaledPx(asked.textX, density),
    textY: scaledPx(asked.textY, density),
    textWidth: width && Math.max(1, width),
    textFit: asked.textFit,
    textLine: line || undefined,
    textLineColour: !line || isSame(asked.textLineColour, white) ? undefined : asked.textLineColour,
    textShadow: (textShadow && Math.min(10, textShadow * density)) || undefined,
    textBackground: asked.textBackground,
    textLead: (textLead && Math.min(500, Math.round(textLead * density))) || undefined,
    textTrack: (textTrack && Math.min(100, textTrack * density)) || undefined,
  }
}

const isColoured = (colour: Colour | undefined): boolean =>
  colour !== undefined && (colour.r !== colour.g || colour.g !== colour.b)

const isSame = (one: Colour | undefined, other: Colour): boolean =>
  one?.r === other.r && one.g === other.g && one.b === other.b && one.alpha === other.alpha

/** Megapixels of the largest text that is drawn. */
const maxDrawn = 16

/** Megapixels that a text may fill, if all its letters are as wide as they are high. */
function areaOf(
  text: string,
  size: number,
  { width, height = 0 }: { width: number; height?: number },
): number {
  if (height > 0) return (width * height) / 1e6
  const lines = text
    .split('\n')
    .reduce((sum, line) => sum + Math.ceil(Math.max(1, line.length * size) / width), 0)
  return (lines * size * 1.4 * Math.max(width, size)) / 1e6
}

function refuseHuge(text: string, size: number, box: Size): void {
  if (areaOf(text, size, box) > maxDrawn)
    throw unexpected(
      'txt-size',
      `letters so small that the text fills no more than ${maxDrawn} megapixels`,
      String(size),
    )
}
