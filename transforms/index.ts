// The door of the transforms: the pure URL language. Nothing here loads a decoder, so the edge may import it.

export { type Facts, onPage, plainFacts, type SourceFormat, sourceTypes, upright } from './facts.ts'
export {
  type FormatClass,
  formatClasses,
  type OutputFormat,
  optimisedFormats,
  outputFormats,
  withoutJxl,
} from './formats.ts'
export { formatOf, identify, identifyPicture, identifySource } from './identify.ts'
export { type ExactPlace, exactPath, type Place, parseExactPath, parsePath } from './language/address.ts'
export { canonical, parseCanonical } from './language/canonical.ts'
export { dependsOn, exact, isUnmade } from './language/exact.ts'

export { type KeyMeaning, keyTable } from './language/key-table.ts'
export { requestOptions } from './language/options.ts'
export { parse, unknownKeys } from './language/parse.ts'
export { isInOrder } from './language/pass-order.ts'
export { type FindPicture, withPictures } from './language/pictures.ts'
export { revision } from './language/revision.ts'
export { chainKey, isOfPass } from './language/rows-chain.ts'
export type { Client, Dependence, Options, Spec } from './language/spec.ts'
export { nameOf, pathOfName } from './language/spelling.ts'
export { write } from './language/write.ts'
export { makingsOf } from './making.ts'
export { readColour, writeColour } from './options/colour.ts'
export { type Badge, badges, type PictureName } from './options/kinds-picture.ts'
export { roomOf } from './options/kinds-place.ts'
export {
  type Control,
  type Example,
  type Length,
  maxSide,
  type Option,
  type Position,
  type Region,
  sections,
} from './options/option-types.ts'
export { unexpected } from './options/refusals.ts'
export { chooseFormat } from './plan/output.ts'
export { passesOf } from './plan/passes.ts'
export { type Colour, type Pass, type Plan, plan } from './plan/plan.ts'
export { admit, affordable, defaultLimits, type Limits, price } from './price.ts'
export { badgeRatio } from './steps/geometry/badges.ts'
export { joined, type Orient, turned } from './steps/geometry/orientation.ts'
export { furtherSources, stepsIn } from './steps/index.ts'
export type { SourceName } from './steps/step.ts'
