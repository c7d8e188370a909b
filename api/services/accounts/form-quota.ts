// Limits a form by the quota of its sender while it arrives: some forms name their key only in a field.
import type { KeyRecord } from '../../../records/index.ts'
import type { Accounts } from './accounts.ts'

type FindKey = (name: string, value: string) => Promise<KeyRecord | undefined> | undefined

/**
 * Options for reading a form. There is no limit until a field names the key, or `early` does, which is known before the
 * form. A wrong key is not refused here but when the whole form has been read.
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
    onField(name: string, value: string) {
      // What cannot be read is refused with the form; nothing may be thrown into its parser.
      new Promise<void>((done) => done(limitTo(find(name, value)))).catch(() => {})
    },
  }
}
