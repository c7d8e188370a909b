// Free ports for servers that cannot be told to pick their own, or that must come back on the one they had.
//
// A port that the system picks may be picked again for anybody between our look and its use, and while a killed server
// starts anew. It picks from 32768 on (Linux) or from 49152 (others), so below nobody is given one by chance; each
// process has a block of its own there, because tests run in several. A block is a process's as long as it listens on
// the block's first port: the system gives a port to one, and takes it back however the process ends.
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

const first = 20_000
const block = 120
const blocks = 100

let own: Promise<number> | undefined
let next = 0

export async function freePort(): Promise<number> {
  own ??= claim()
  const start = await own
  for (let tries = 1; tries < block; tries++) {
    const port = start + 1 + (next++ % (block - 1))
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

export async function freePorts(wanted: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < wanted) ports.push(await freePort())
  return ports
}

/** The first of a block that is nobody else's; begins where few others do. */
async function claim(): Promise<number> {
  for (let tries = 0; tries < blocks; tries++) {
    const start = first + ((process.pid + tries) % blocks) * block
    const held = await listening(start)
    // It ends with the process, and does not keep it.
    if (held?.unref()) return start
  }
  throw new Error('no block of ports is free')
}

async function isFree(port: number): Promise<boolean> {
  const server = await listening(port)
  if (!server) return false
  server.close()
  await once(server, 'close')
  return true
}

/** On all addresses, as a server binds that is not told otherwise. */
async function listening(port: number): Promise<Server | undefined> {
  const server = createServer().listen({ port, exclusive: true })
  try {
    await once(server, 'listening')
    return server
  } catch {
    return undefined
  }
}
