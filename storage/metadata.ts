// Metadata that every provider carries unchanged: header names and printable ASCII, two kilobytes in all.
import { Failure } from '../errors.ts'

type Metadata = Readonly<Record<string, string>>

/** S3's limit, the lowest. */
const maxBytes = 2048

export function checkMetadata(metadata: Metadata = {}): Metadata {
  const entries = Object.entries(metadata)
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  const isFine = ([name, value]: [string, string]) =>
    /^[a-z][a-z0-9-]{0,63}$/.test(name) && /^([!-~]([ -~]*[!-~])?)?$/.test(value)
  if (bytes <= maxBytes && entries.every(isFine)) return metadata
  throw new Failure('bad-option', 'The metadata of the file cannot be kept.', {
    expected: 'names of lower-case letters, digits and hyphens, values of printable ASCII, 2048 bytes in all',
  })
}
