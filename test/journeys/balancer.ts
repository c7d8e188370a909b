// A balancer that sends every request to one server, over a new connection, and never again to another.
import { type IncomingMessage, request } from 'node:http'

/** The status, or what went wrong. */
export const askOnce = (url: string, path: string): Promise<number | string> =>
  new Promise((resolve) => {
    const asked = request(`${url}${path}`, { agent: false }, (response: IncomingMessage) => {
      response.resume()
      response.once('close', () => resolve(response.complete ? (response.statusCode ?? 0) : 'cut'))
    })
    asked.once('error', ({ message }) => resolve(message))
    asked.end()
  })

export interface Balancer<Server> {
  /** Who is believed to be ready. */
  readonly ready: ReadonlySet<Server>
  get(path: string): Promise<number | string>
  stop(): Promise<void>
}

/** It asks every server's /readyz again and again, and believes the last answer. */
export function aBalancer<Server extends { readonly url: string }>(
  servers: readonly Server[],
): Balancer<Server> {
  const ready = new Set(servers)
  let turn = 0
  let isOver = false
  const check = async () => {
    while (!isOver)
      for (const server of servers)
        if ((await askOnce(server.url, '/readyz')) === 200) ready.add(server)
        else ready.delete(server)
  }
  const checking = check()
  return {
    ready,
    get(path) {
      const [...up] = ready
      return askOnce(up[turn++ % up.length]?.url ?? 'http://nobody.invalid', path)
    },
    async stop() {
      isOver = true
      await checking
    },
  }
}
