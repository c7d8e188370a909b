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
  },
  textFont: {
    key: 'txt-font',
    aliases: ['tf', 'txtfont'],
    kind: font,
    section,
    needs,
    about:
      'Families, and `bold` or `italic` (`serif,bold`). There are `sans-serif`, `serif` and `monospace` (DejaVu), what the machine has, and what `HALFTONE_FONTS` holds.',
  },
  textSize: {
    key: 'txt-size',
    aliases: ['tsz', 'txtsize'],
    kind: integer(1, 2000),
    section,
    default: usual.size,
    needs,
    about: 'Size of the letters in pixels.',
  },
  textColour: {
    key: 'txt-color',
    aliases: ['txtcolor', 'txt-clr', 'txtclr', 'tc'],
    kind: colour,
    section,
    default: black,
    needs,
    about: 'Colour of the letters.',
  },
  textAlign: {
    key: 'txt-align',
    aliases: ['txtalign', 'ta'],
    kind: alignment(lowerRight),
    section,
    default: lowerRight,
    needs,
    about: 'Where the text lies; its lines are aligned to the same side.',
  },
  textPad: {
    key: 'txt-pad',
    aliases: ['txtpad', 'tp'],
    kind: integer(0, maxSide),
    section,
    default: usual.pad,
    needs,
    about: 'Its distance from the edges in pixels.',
  },
  textX: {
    key: 'txt-x',
    aliases: ['txtx'],
    kind: integer(0, maxSide),
    section,
    needs,
    about: 'Its distance from the left edge in pixels, instead of alignment and padding.',
  },
  textY: {
    key: 'txt-y',
    aliases: ['txty'],
    kind: integer(0, maxSide),
    section,
    needs,
    about: 'Its distance from the upper edge in pixels, instead of alignment and padding.',
  },
  textWidth: {
    key: 'txt-width',
    aliases: ['txtwidth'],
    kind: integer(1, maxSide),
    section,
    needs,
    about: 'The longest line in pixels; that of the picture within the padding where it is not given.',
  },
  textFit: {
    key: 'txt-fit',
    aliases: ['txtfit'],
    kind: oneOf(same('max')),
    section,
    needs,
    about:
      '`max` makes the letters as large as they can be within `txt-width` and the height of the picture.',
  },
  textLine: {
    key: 'txt-line',
    aliases: ['txtline', 'tl'],
    kind: integer(0, 50),
    section,
    default: 0,
    needs,
    about: 'Width of the outline of the letters in pixels.',
  },
  textLineColour: {
    key: 'txt-line-color',
    aliases: ['txtlinecolor', 'txt-line-clr', 'txtlineclr'],
    kind: colour,
    section,
    default: white,
    needs: '`txt-line`',
    about: 'Colour of the outline.',
  },
  textShadow: {
    key: 'txt-shad',
    aliases: ['txtshad', 'tsh'],
    kind: decimal(0, 10),
    section,
    default: 0,
    needs,
    about: 'A shadow below the letters: how far and how soft, in pixels.',
  },
  textBackground: {
    key: 'txt-bg',
    kind: colour,
    section,
    needs,
    about: 'Colour of a box behind the text.',
  },
  textLead: {
    key: 'txt-lead',
    aliases: ['txtlead'],
    kind: integer(0, 500),
    section,
    default: 0,
    needs,
    about: 'Pixels more between the lines.',
  },
  textTrack: {
    key: 'txt-track',
    aliases: ['txttrack', 'tt'],
    kind: signed(-4, 100),
    section,
    default: 0,
    needs,
    about: 'Pixels more between the letters.',
  },
} as const
