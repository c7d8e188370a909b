// The refusals that nginx makes by itself, as whole answers: word for word those of an edge.
import { type FrontFault, longestTarget } from '../edge/front-key.ts'
import { clientHeaders } from '../edge/headers.ts'
import { refuseExpired, type Signing, verify } from '../edge/signature.ts'
import { asFailure, Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import { parsePath } from '../transforms/index.ts'

export type Refusal =
  | FrontFault
  | 'unsigned'
  | 'bad-signature'
  | 'expired'
  | 'bad-method'
  | 'not-neighbour'
  | 'bad-purge'

const signing: Signing = { scheme: 'hmac-sha256', keys: ['a key of no source'] }
const tooLong = '/a/'.padEnd(5000, 'x')

/** Each is thrown by whoever throws it in an edge, so that the words are the same. */
const causes: Readonly<Record<Refusal, () => unknown>> = {
  unsigned: () => verify('/a/b', signing),
  'bad-signature': () => verify('/a/b?s=x', signing),
  expired: () => refuseExpired(0, 1),
  'path-too-long': () => parsePath(tooLong),
  'bad-escape': () => parsePath('/a/%'),
  'no-picture': () => parsePath('/a//'),
  control: () => parsePath('/a/%00'),
  backslash: () => parsePath('/a/%5C'),
  dots: () => parsePath('/a/..'),
  'target-too-long': () => {
    throw new Failure('target-too-long', `The address is longer than ${longestTarget} bytes.`)
  },
  'unknown-source': () => {
    throw new Failure('unknown-source', 'There is no source of this name.')
  },
  'bad-method': () => {
    throw new Failure('bad-method', 'Purges come by POST.')
  },
  'not-neighbour': () => {
    throw new Failure('not-neighbour', 'This address answers only the tier before it.')
  },
  'bad-purge': () => {
    throw new Failure('bad-body', 'The body is no list of purges.')
  },
}

export interface WholeRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const refusals = (): Readonly<Record<Refusal, WholeRefusal>> =>
  Object.fromEntries(Object.entries(causes).map(([why, cause]) => [why, answerFor(cause)])) as Record<
    Refusal,
    WholeRefusal
  >

function answerFor(cause: () => unknown): WholeRefusal {
  const { status, headers, body } = publicProblem(thrownBy(cause))
  return { status, headers: clientHeaders(headers, { vary: '' }), body: body.toString() }
}

function thrownBy(cause: () => unknown): Failure {
  try {
    cause()
  } catch (thrown) {
    return asFailure(thrown)
  }
  throw new Failure('internal', 'What is refused is not refused.')
}
