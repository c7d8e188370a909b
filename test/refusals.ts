// How tests look at what is refused: by its failure, or by the failure's kind.
import { Failure } from '../errors.ts'

/** The failure with which `work` is refused; what is thrown besides is a fault, and so is nothing at all. */
export function failureOf(work: () => unknown): Failure {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('Nothing was refused')
}

/** The kind with which `work` is refused, or 'passes'. */
export function kindOf(work: () => unknown): string {
  try {
    work()
    return 'passes'
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.kind
    throw thrown
  }
}

/** The kind with which a promise is refused, or 'passes'. */
export const kindOfRejection = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'passes',
    (thrown: unknown) => {
      if (thrown instanceof Failure) return thrown.kind
      throw thrown
    },
  )

/** For a value that a test cannot go on without: `found ?? missing()`. */
export function missing(): never {
  throw new Error('It is not there')
}
