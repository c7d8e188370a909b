// What the runs of clients share: a place, and the tools of other languages in it.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Place {
  /** A folder of its own. */
  readonly dir: string
  /** Of the server, and a key to it. */
  readonly url: string
  readonly id: string
  readonly secret: string
}

/** Why it was skipped; undefined when it works. */
export type Client = (place: Place) => Promise<string | undefined>

/** Fails when the tool does. */
export const tool = (place: Place, command: string, args: readonly string[], env = {}): string =>
  execFileSync(command, [...args], {
    ...{ cwd: place.dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, HALFTONE: place.url, KEY: place.id, SECRET: place.secret, ...env },
  })

export function has(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export const write = ({ dir }: Place, name: string, text: string): void =>
  writeFileSync(join(dir, name), text)

export async function described(place: Place): Promise<void> {
  write(place, 'openapi.json', await (await fetch(`${place.url}/openapi.json`)).text())
}
