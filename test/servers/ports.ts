// Free ports for servers that cannot be told to pick their own, or that must come back on the one they had.
//
// A port that the system picks may be picked again for anybody between our look and its use, and while a killed server
// starts anew. It picks from 32768 on (Linux) or from 49152 (others), so below nobody is given one by chance; each
// process has a block of its own there, because tests run in several.
import { once } from 'node:events'
import { createServer } from 'node:net'

const first = 20_000
const count = 12_000
const block = 120

let next = (process.pid * block) % count

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < count; tries++) {
    const port = first + (next++ % count)
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

export async function freePorts(wanted: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < wanted) ports.push(await freePort())
  return ports
}

/** On all addresses, as a server binds that is not told otherwise. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
