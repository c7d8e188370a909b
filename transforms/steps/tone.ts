// Changes how light the finished picture is, all of it in one curve for the three colours.
import { decimal, signed } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

/** Each is absent where it has no effect; see render/steps/tone.ts for the curve. */
export interface Tone {
  readonly exposure?: number
  readonly gain?: number
  readonly brightness?: number
  readonly contrast?: number
  readonly gamma?: number
  readonly highlights?: number
  readonly shadows?: number
}

export const tone = pointEffectOf<Tone>()({
  name: 'tone',
  rows: {
    exposure: {
      key: 'exp',
      kind: signed(-100, 100),
      section: 'Colour',
      default: 0,
      about: 'Exposure: 50 doubles the light, -50 halves it.',
      example: { value: '40' },
    },
    gain: {
      key: 'gain',
      kind: decimal(0, 100),
      section: 'Colour',
      default: 1,
      about: 'Multiplies the stored values of red, green and blue.',
      example: { value: '1.5' },
    },
    brightness: {
      key: 'bri',
      kind: signed(-100, 100),
      section: 'Colour',
      default: 0,
      about:
        'Brightness: a part of the range from black to white, in percent, that is added to every colour.',
      example: { value: '25' },
    },
    contrast: {
      key: 'con',
      kind: signed(-100, 100),
      section: 'Colour',
      default: 0,
      about: 'Contrast: how much farther from middle grey each colour is, in percent; -100 is all grey.',
      example: { value: '50' },
    },
    gamma: {
      key: 'gam',
      kind: signed(-100, 100),
      section: 'Colour',
      default: 0,
      about: 'Gamma of the middle tones: 50 is a gamma of 2 (lighter), -50 one of a half (darker).',
      example: { value: '50' },
    },
    highlights: {
      key: 'high',
      kind: signed(-100, 0),
      section: 'Colour',
      default: 0,
      about: 'Darkens the light parts.',
      example: { value: '-80' },
    },
    shadows: {
      key: 'shad',
      kind: decimal(0, 100),
      section: 'Colour',
      default: 0,
      about: 'Lightens the dark parts.',
      example: { value: '80' },
    },
  },
  exact: ({ gain = 1, ...others }) => ({
    exposure: others.exposure || undefined,
    gain: gain === 1 ? undefined : gain,
    brightness: others.brightness || undefined,
    contrast: others.contrast || undefined,
    gamma: others.gamma || undefined,
    highlights: others.highlights || undefined,
    shadows: others.shadows || undefined,
  }),
  value({ exposure, gain, brightness, contrast, gamma, highlights, shadows }) {
    const asked = Object.entries({ exposure, gain, brightness, contrast, gamma, highlights, shadows })
    const given = asked.filter(([, value]) => value !== undefined)
    return given.length > 0 ? Object.fromEntries(given) : undefined
  },
  rates: { tone: 11 },
  work: (_, { made }) => ({ tone: made }),
})
