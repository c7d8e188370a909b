// The door of the transforms: the pure URL language. Nothing here loads a decoder, so the edge may import it.

export { type Facts, type SourceFormat, upright } from './facts.ts'
export { type FormatClass, type OutputFormat, outputFormats } from './formats.ts'
export { formatOf, identify } from './identify.ts'
export { exactPath, type Place, parseExactPath, parsePath } from './language/address.ts'
export { canonical, parseCanonical } from './language/canonical.ts'
export { dependsOn, exact, isUnmade } from './language/exact.ts'
export { parse } from './language/parse.ts'
export { revision } from './language/revision.ts'
export type { Client, Dependence, Options, Spec } from './language/spec.ts'
export { chooseFormat } from './plan/output.ts'
export { type Plan, plan } from './plan/plan.ts'
export { admit, defaultLimits, type Limits, price } from './price.ts'
