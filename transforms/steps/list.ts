// The steps of a plan, in the order they are done in. All that must know of every step reads this list: the table of
// options, exact addresses, plans, prices, the renderer, and whether a picture stays as it is.
import { balance } from './balance.ts'
import { blend } from './blend.ts'
import { blur } from './blur.ts'
import { border } from './border.ts'
import { crop } from './crop.ts'
import { cut } from './cut.ts'
import { duotone } from './duotone.ts'
import { enhance } from './enhance.ts'
import { extend } from './extend.ts'
import { extract } from './extract.ts'
import { faces } from './faces.ts'
import { flip } from './flip.ts'
import { grid } from './grid.ts'
import { halftone } from './halftone.ts'
import { hide } from './hide.ts'
import { invert } from './invert.ts'
import { mark } from './mark.ts'
import { mask } from './mask.ts'
import { monochrome } from './monochrome.ts'
import { opacity } from './opacity.ts'
import { orient } from './orient.ts'
import { pad } from './pad.ts'
import { pixelate } from './pixelate.ts'
import { resize } from './resize.ts'
import { rotate } from './rotate.ts'
import { saturate } from './saturate.ts'
import { sepia } from './sepia.ts'
import { shade } from './shade.ts'
import { sharpen } from './sharpen.ts'
import { text } from './text.ts'
import { threshold } from './threshold.ts'
import { tone } from './tone.ts'
import { trim } from './trim.ts'
import { unsharp } from './unsharp.ts'
import { veil } from './veil.ts'

export const steps = [
  orient,
  extract,
  trim,
  faces,
  resize,
  crop,
  extend,
  cut,
  flip,
  veil,
  rotate,
  enhance,
  tone,
  balance,
  saturate,
  invert,
  threshold,
  monochrome,
  sepia,
  duotone,
  blur,
  sharpen,
  unsharp,
  pixelate,
  halftone,
  hide,
  mask,
  border,
  pad,
  opacity,
  blend,
  shade,
  mark,
  text,
  grid,
] as const
