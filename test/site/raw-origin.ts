// An origin that says exactly the bytes it is given, and ends or stays.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RawOrigin {
  readonly url: string
  /** Said to each request; then the connection ends, unless `stays`. */
  says: { readonly bytes: string; readonly stays?: boolean }
  /** What it was asked, one string for each connection. */
  readonly heard: string[]
  close(): void
}

export async function aRawOrigin(): Promise<RawOrigin> {
  const sockets = new Set<Socket>()
  const heard: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    const at = heard.push('') - 1
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      heard[at] += bytes.toString('latin1')
      if (!heard[at]?.includes('\r\n\r\n')) return
      socket.write(origin.says.bytes, 'latin1')
      if (!origin.says.stays) socket.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin: RawOrigin = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    says: { bytes: '' },
    heard,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
  return origin
}
