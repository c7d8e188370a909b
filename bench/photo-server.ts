// A server of source pictures for scenarios: each address has bytes of its own, so that no source is known before.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PhotoServer {
  readonly url: string
  /** How often it was asked since the last call. */
  takeRequests(): number
  stop(): Promise<unknown>
}

/** `photoFor`: the JPEG of a path; what is sent has the path in it as well. */
export async function servePhotos(photoFor: (path: string) => Buffer): Promise<PhotoServer> {
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    const path = request.url ?? '/'
    const body = withComment(photoFor(path), path)
    const headers = { 'content-type': 'image/jpeg', 'cache-control': 'public, max-age=86400' }
    response.writeHead(200, { ...headers, 'content-length': body.length }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeRequests() {
      const taken = requests
      requests = 0
      return taken
    },
    stop: () => new Promise((done) => server.close(done).closeAllConnections()),
  }
}

/** ITU-T T.81 B.2.4.5 */
function withComment(photo: Buffer, text: string): Buffer {
  const comment = Buffer.from(text)
  const head = Buffer.from([0xff, 0xfe, 0, comment.length + 2])
  return Buffer.concat([photo.subarray(0, 2), head, comment, photo.subarray(2)])
}
