// The quota of whoever sends a form, while it comes: some forms say only in a field whose they are.
import type { KeyRecord } from '../../../records/index.ts'
import type { Accounts } from './accounts.ts'

type FindKey = (name: string, value: string) => Promise<KeyRecord | undefined> | undefined

/**
 * What a form is read with: until a field tells the key there is no limit. Who is wrong in it is told when the form has
 * been read; `early` is a key that is known before.
 */
export function withinQuota(
  { left }: Pick<Accounts, 'left'>,
  find: FindKey,
  early?: Promise<KeyRecord | undefined>,
) {
  let most = Number.POSITIVE_INFINITY
  const limitTo = async (finding: ReturnType<FindKey>): Promise<void> => {
    const key = await finding
    if (key) most = await left(key)
  }
  if (early) limitTo(early).catch(() => {})
  return {
    within: () => most,
    seen(name: string, value: string) {
      // What cannot be read is refused with the form; nothing may be thrown into its parser.
      new Promise<void>((done) => done(limitTo(find(name, value)))).catch(() => {})
    },
  }
}
