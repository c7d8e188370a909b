// How journeys purge, and see by its colour whether a picture is older than the purge.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect } from 'vitest'
import type { Answered } from './cdn.ts'
import type { Process } from './processes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const halftone = join(root, 'bin/halftone')

export const plain = (background: string): Promise<Buffer> =>
  sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toBuffer()

export const red = 'rgb(255,0,0)'
export const blue = 'rgb(0,0,255)'

export async function colourOf({ status, body }: Answered): Promise<string> {
  if (status !== 200) return String(status)
  const { data } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return (data[0] ?? 0) > 128 ? red : blue
}

export function tokenFor({ dataDir }: Process): string {
  const args = ['keys', 'add', '--project', 'shop', '--user', 'ann', '--json']
  const { stdout } = spawnSync(halftone, args, {
    env: { ...process.env, HALFTONE_DATA: dataDir },
    encoding: 'utf8',
  })
  const { id, secret } = JSON.parse(stdout)
  return `${id}.${secret}`
}

/** `halftone purge`, as it is typed; what it prints. */
export async function purge(server: string, token: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(halftone, ['purge', '--server', server, ...args], {
    env: { ...process.env, HALFTONE_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, faults, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  expect({ code, faults }).toEqual({ code: 0, faults: '' })
  return said
}
