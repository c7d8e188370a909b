// The instance's own secret, where no setting gives it: drawn once into a file that only this user reads.
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

export async function instanceSecret(file: string): Promise<string> {
  const known = await read(file)
  if (known !== undefined) return known
  await mkdir(dirname(file), { recursive: true })
  // A name of its own and a link: of several processes that start at once one is first, and none reads half a secret.
  const drawn = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(drawn, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
  await link(drawn, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(drawn)
  return (await read(file)) ?? ''
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
