// How a JPEG is to be stored, where that was asked for: what a source has already, and what only new pixels can give it.
import { Failure } from '../../../errors.ts'
import type { Facts } from '../../facts.ts'
import { readSampling } from '../identification.ts'
import type { OptimiseRequest } from '../request.ts'
import { readSegments } from './segments.ts'

/** Whether the source, a JPEG, may not be the answer as it is stored. Fails with 'bad-option' in lossless mode. */
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
