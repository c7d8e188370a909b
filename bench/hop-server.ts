// The far side of the hop: a tier that answers 20 kB from memory. `node bench/hop-server.ts listen` prints its address.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from '../tier.ts'
import { serveTier } from '../wire/tier-listener.ts'

const body = Buffer.alloc(20_000, 'halftone')
const answer: Answer = {
  status: 200,
  headers: {
    'content-type': 'image/webp',
    'content-length': '20000',
    etag: '"abc"',
    'cache-control': 'public, max-age=60',
  },
  body,
}

export const answerFromMemory = async (): Promise<Answer> => answer

if (process.argv[2] === 'listen') {
  const server = createServer(serveTier(answerFromMemory)).listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
}
