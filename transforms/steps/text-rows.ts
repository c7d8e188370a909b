// The options of texts.

import type { Colour } from '../options/colour.ts'
import { colour, decimal, integer, oneOf, same, signed } from '../options/kinds.ts'
import { type Alignment, alignment } from '../options/kinds-picture.ts'
import { drawnText, font } from '../options/kinds-text.ts'
import { maxSide } from '../options/option-types.ts'

const section = 'Text'
const needs = '`txt`'
export const lowerRight: Alignment = { x: 1, y: 1 }
export const white: Colour = { r: 255, g: 255, b: 255, alpha: 1 }
export const black: Colour = { r: 0, g: 0, b: 0, alpha: 1 }
/** Pixels. */
export const usual = { size: 12, pad: 10 } as const

export const textRows = {
  text: {
    key: 'txt',
    aliases: ['t'],
    kind: drawnText,
    section,
    about:
      'A text to draw upon the result; best in Base64 (`txt64`). Long lines are wrapped, and a line break begins a new one. Scripts from right to left are drawn so.',
    example: { value: 'Halftone', beside: 'txt-size=40&txt-color=ffffff' },
  },
  textFont: {
    key: 'txt-font',
    aliases: ['tf', 'txtfont'],
    kind: font,
    section,
    needs,
    about:
      'Families, and `bold` or `italic` (`serif,bold`). There are `sans-serif`, `serif` and `monospace` (DejaVu), what the machine has, and what `HALFTONE_FONTS` holds.',
    example: { value: 'serif,bold', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textSize: {
    key: 'txt-size',
    aliases: ['tsz', 'txtsize'],
    kind: integer(1, 2000),
    section,
    default: usual.size,
    needs,
    about: 'Size of the letters in pixels.',
    example: { value: '60', beside: 'txt=Halftone&txt-color=ffffff' },
  },
  textColour: {
    key: 'txt-color',
    aliases: ['txtcolor', 'txt-clr', 'txtclr', 'tc'],
    kind: colour,
    section,
    default: black,
    needs,
    about: 'Colour of the letters.',
    example: { value: 'ff8cc3', beside: 'txt=Halftone&txt-size=40' },
  },
  textAlign: {
    key: 'txt-align',
    aliases: ['txtalign', 'ta'],
    kind: alignment(lowerRight),
    section,
    default: lowerRight,
    needs,
    about: 'Where the text lies; its lines are aligned to the same side.',
    example: { value: 'top,left', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textPad: {
    key: 'txt-pad',
    aliases: ['txtpad', 'tp'],
    kind: integer(0, maxSide),
    section,
    default: usual.pad,
    needs,
    about: 'Its distance from the edges in pixels.',
    example: { value: '40', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textX: {
    key: 'txt-x',
    aliases: ['txtx'],
    kind: integer(0, maxSide),
    section,
    needs,
    about: 'Its distance from the left edge in pixels, instead of alignment and padding.',
    example: { value: '20', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textY: {
    key: 'txt-y',
    aliases: ['txty'],
    kind: integer(0, maxSide),
    section,
    needs,
    about: 'Its distance from the upper edge in pixels, instead of alignment and padding.',
    example: { value: '20', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textWidth: {
    key: 'txt-width',
    aliases: ['txtwidth'],
    kind: integer(1, maxSide),
    section,
    needs,
    about: 'The longest line in pixels; that of the picture within the padding where it is not given.',
    example: { value: '160', beside: 'txt=The smallest good picture&txt-size=24&txt-color=ffffff' },
  },
  textFit: {
    key: 'txt-fit',
    aliases: ['txtfit'],
    kind: oneOf(same('max')),
    section,
    needs,
    about:
      '`max` makes the letters as large as they can be within `txt-width` and the height of the picture.',
    example: { value: 'max', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textLine: {
    key: 'txt-line',
    aliases: ['txtline', 'tl'],
    kind: integer(0, 50),
    section,
    default: 0,
    needs,
    about: 'Width of the outline of the letters in pixels.',
    example: { value: '3', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textLineColour: {
    key: 'txt-line-color',
    aliases: ['txtlinecolor', 'txt-line-clr', 'txtlineclr'],
    kind: colour,
    section,
    default: white,
    needs: '`txt-line`',
    about: 'Colour of the outline.',
    example: { value: 'd92f86', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff&txt-line=3' },
  },
  textShadow: {
    key: 'txt-shad',
    aliases: ['txtshad', 'tsh'],
    kind: decimal(0, 10),
    section,
    default: 0,
    needs,
    about: 'A shadow below the letters: how far and how soft, in pixels.',
    example: { value: '6', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textBackground: {
    key: 'txt-bg',
    kind: colour,
    section,
    needs,
    about: 'Colour of a box behind the text.',
    example: { value: 'd92f86', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
  textLead: {
    key: 'txt-lead',
    aliases: ['txtlead'],
    kind: integer(0, 500),
    section,
    default: 0,
    needs,
    about: 'Pixels more between the lines.',
    example: {
      value: '30',
      beside: 'txt=The smallest good picture&txt-size=32&txt-color=ffffff&txt-width=240',
    },
  },
  textTrack: {
    key: 'txt-track',
    aliases: ['txttrack', 'tt'],
    kind: signed(-4, 100),
    section,
    default: 0,
    needs,
    about: 'Pixels more between the letters.',
    example: { value: '6', beside: 'txt=Halftone&txt-size=40&txt-color=ffffff' },
  },
} as const
