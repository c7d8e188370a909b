// How a refused option reads: one sentence shape for all of them.
import { Failure } from '../../errors.ts'
import { listed } from './kinds.ts'
import type { Option } from './option-types.ts'

/** Long enough to recognise one's own input, short enough for a log line. */
const maxShown = 60

export const shown = (received: string): string => {
  // Control characters would let a client write lines of our log.
  const clean = received.replace(/\p{Cc}/gu, '�')
  if (clean === '') return 'nothing'
  return clean.length <= maxShown ? clean : `${clean.slice(0, maxShown)}…`
}

/** 'bad-option': "Expected an integer from 0 to 100 for q, received 101". */
export function unexpected(option: string, expected: string, received: string): Failure {
  const details = { option, expected, received: shown(received) }
  return new Failure(
    'bad-option',
    `Expected ${expected} for ${option}, received ${details.received}`,
    details,
  )
}

/** 'bad-option' for an option that the language has and Halftone does not do. */
export const notSupported = (option: string): Failure =>
  new Failure('bad-option', `${option} is not supported`, { option })

/** The failure for a value that its kind could not read. */
export function badValue(option: string, { kind }: Option<unknown>, received: string): Failure {
  const word = listed(received).find((word) => kind.refused?.includes(word))
  if (word === undefined) return unexpected(option, kind.expected, received)
  const details = { option, expected: kind.expected, received: shown(received) }
  return new Failure('bad-option', `${option}=${word} is not supported`, details)
}
