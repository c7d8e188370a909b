// Somebody who calls the API with the key that the start page shows.
import type { Node } from '../journeys/cdn.ts'

export interface Visitor {
  readonly token: string
  readonly id: string
  /** The status and the JSON of the answer. */
  call(method: string, path: string, body?: Buffer | object): Promise<{ status: number; json: unknown }>
}

export async function aVisitor(node: Node): Promise<Visitor> {
  const page = (await node.get('/')).body.toString()
  const [, token = ''] = /name="halftone-demo" content="([^"]+)"/.exec(page) ?? []
  const [id = ''] = token.split('.')
  return {
    token,
    id,
    async call(method, path, body) {
      const isBytes = Buffer.isBuffer(body)
      const response = await fetch(`${node.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': isBytes ? 'application/octet-stream' : 'application/json',
        },
        ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
    },
  }
}
