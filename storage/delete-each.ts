// Deleting many files where the provider deletes one at a time.
import { checkKey } from './key.ts'

/** Enough to hide the way to the server, few enough to be no burden on it. */
const deletesAtOnce = 8

/** Fails for a key that cannot be one, and with the first failure of `remove`. */
export async function deleteEach(
  keys: readonly string[],
  remove: (key: string) => Promise<unknown>,
): Promise<void> {
  const waiting = keys.map(checkKey)
  const lane = async () => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) await remove(key)
  }
  await Promise.all(Array.from({ length: deletesAtOnce }, lane))
}
