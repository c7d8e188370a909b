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
  let most: number | Promise<number> = Number.POSITIVE_INFINITY
  /** Until the key is found the file waits: where all that comes had come by then, nothing would be refused. */
  const limitTo = (finding: ReturnType<FindKey>): void => {
    if (finding === undefined) return
    const before = most
    // What cannot be read is refused with the form.
    const limit = finding.then((key) => (key ? left(key) : before)).catch(() => before)
    most = limit
    limit.then((known) => {
      if (most === limit) most = known
    })
  }
  limitTo(early)
  return {
    within: () => most,
    onField(name: string, value: string) {
      // Nothing may be thrown into the form's parser.
      try {
        limitTo(find(name, value))
      } catch {}
    },
  }
}
