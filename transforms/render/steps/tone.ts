// How light a picture is, as one curve: exposure, gain, brightness, contrast, gamma, highlights, shadows, in this order.
import type { Pixels } from '../../pixels/run.ts'
import type { Tone } from '../../steps/tone.ts'
import { mapped, tableOf } from './channels.ts'

export const toned = (pixels: Pixels, tone: Tone): Pixels => mapped(pixels, toneTable(tone))

/** 0 to 255 in and out; it never falls. */
export function toneTable(tone: Tone): Uint8Array {
  const {
    exposure = 0,
    gain = 1,
    brightness = 0,
    contrast = 0,
    gamma = 0,
    highlights = 0,
    shadows = 0,
  } = tone
  return tableOf((value) => {
    const exposed = toSrgb(fromSrgb(value / 255) * 2 ** (exposure / 50))
    const lifted = exposed * gain + brightness / 100
    const spread = clamped((lifted - 0.5) * (1 + contrast / 100) + 0.5)
    const bent = spread ** (1 / 2 ** (gamma / 50))
    return 255 * clamped(bent + lower(bent, highlights / 100) + raise(bent, shadows / 100))
  })
}

const clamped = (value: number): number => Math.min(1, Math.max(0, value))

/** Strongest in the light three quarters; white itself falls as well, so that what is blown out becomes grey. */
const lower = (value: number, amount: number): number => 0.3 * amount * value ** 3
/** Strongest in the dark quarter; black stays black. */
const raise = (value: number, amount: number): number => 0.9 * amount * value * (1 - value) ** 3

/** IEC 61966-2-1. */
const fromSrgb = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
const toSrgb = (light: number): number =>
  light <= 0.0031308 ? light * 12.92 : 1.055 * Math.min(1, light) ** (1 / 2.4) - 0.055
