// The keys below a folder, in order, from any point on: only what is asked for is read.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** All keys that begin with `prefix` and come after `after`. */
export async function* keysIn(top: string, prefix: string, after = ''): AsyncGenerator<string> {
  yield* walk({ top, prefix, after }, '')
}

interface ListQuery {
  readonly top: string
  readonly prefix: string
  readonly after: string
}

async function* walk(asked: ListQuery, folder: string): AsyncGenerator<string> {
  const entries = await readdir(join(asked.top, folder), { withFileTypes: true }).catch(() => [])
  // A folder sorts as the keys in it do: with its slash.
  const names = entries.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`).sort(byText)
  for (const name of names) {
    if (!mayHold(asked, name)) continue
    if (name.endsWith('/')) yield* walk(asked, name)
    else yield name
  }
}

function mayHold({ prefix, after }: ListQuery, name: string): boolean {
  if (!name.endsWith('/')) return name.startsWith(prefix) && name > after
  const isOnTheWay = name.startsWith(prefix) || prefix.startsWith(name)
  return isOnTheWay && (name > after || after.startsWith(name))
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
