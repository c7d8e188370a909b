// Why words of other languages are not done: the classes that their pages of docs/ list them under.

export const reasons = {
  model: 'They need a model that makes pictures, or that finds other things in them than faces.',
  film: 'They are about films and sound.',
  source: 'What they come to depends on the source, and an address does not know it.',
  step: 'Halftone has no such step.',
  order: 'The steps of Halftone have another order, in which they would be something else.',
  coder: 'Halftone does not write such a format, or its encoder has no such setting.',
  limit: 'They lift or check limits, which are set by whoever runs Halftone.',
  account: 'They name what lies in an account of the service.',
  script: 'In the service itself, scripts can say them and addresses cannot.',
} as const

export type Why = keyof typeof reasons
