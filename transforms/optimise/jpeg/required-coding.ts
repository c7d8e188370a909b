// The coding that a request requires of a JPEG: whether the source has its chroma and scan order, or must be recoded.
import { Failure } from '../../../errors.ts'
import type { Facts } from '../../facts.ts'
import { readSampling } from '../identification.ts'
import type { OptimiseRequest } from '../request.ts'
import { readSegments } from './segments.ts'

/** Whether a JPEG source lacks the required coding. Fails with 'bad-option' in lossless mode. False for other formats. */
export function needsRecoding(source: Uint8Array, facts: Facts, request: OptimiseRequest): boolean {
  if (facts.format !== 'jpeg') return false
  const sampling = readSampling(readSegments(source))
  // Grey has no colour to be halved.
  const otherChroma = request.chroma !== undefined && sampling !== null && sampling !== request.chroma
  const otherOrder = request.progressive === false && facts.progressive
  if (request.mode === 'lossless' && otherChroma)
    throw refuseLossless('chroma', 'Other chroma subsampling', `its own, ${sampling}`)
  if (request.mode === 'lossless' && otherOrder)
    throw refuseLossless('progressive', 'A baseline JPEG of a progressive one', 'true')
  return otherChroma || otherOrder
}

const refuseLossless = (option: string, what: string, expected: string): Failure =>
  new Failure('bad-option', `${what} cannot be had without loss.`, { option, expected })
