// Sample pictures for the first minute with Halftone. They are ours, drawn for it, and free to use.
import { fileURLToPath } from 'node:url'

export const sampleNames = [
  'landscape.jpg',
  'portrait.jpg',
  'graphics.png',
  'badge.png',
  'dance.gif',
  'logo.svg',
  'missing.png',
] as const

export type SampleName = (typeof sampleNames)[number]

/** Where they lie. */
export const samplesFolder = fileURLToPath(new URL('./pictures', import.meta.url))
