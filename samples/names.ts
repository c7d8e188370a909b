// The sample pictures, by the names under which the demo serves them.

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
