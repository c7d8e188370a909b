// A server that is told to end, behind a balancer that sends every request to one server and never again to another.
import { type IncomingMessage, request } from 'node:http'
import { expect, test } from 'vitest'
import { aProcess, type Process } from '../journeys/processes.ts'

const environment = { HALFTONE_SAMPLES: 'true', HALFTONE_LAME_DUCK: '4s' }
const picture = '/samples/landscape.jpg?w=40'

/** The status, over a connection of its own: nothing is sent twice. */
const once = (url: string, path: string): Promise<number | string> =>
  new Promise((resolve) => {
    const asked = request(`${url}${path}`, { agent: false }, (response: IncomingMessage) => {
      response.resume()
      response.once('close', () => resolve(response.complete ? (response.statusCode ?? 0) : 'cut'))
    })
    asked.once('error', ({ message }) => resolve(message))
    asked.end()
  })

/** It asks /readyz now and then, and believes the last answer. */
function aBalancer(servers: readonly Process[]) {
  const ready = new Set(servers)
  let turn = 0
  return {
    async check(): Promise<void> {
      for (const server of servers)
        if ((await once(server.url, '/readyz')) === 200) ready.add(server)
        else ready.delete(server)
    },
    ready,
    get(path: string): Promise<number | string> {
      const [...up] = ready
      return once(up[turn++ % up.length]?.url ?? '', path)
    },
  }
}

test('loses no request while it is rolled: it says that it is not ready, and goes on accepting', async () => {
  const servers = await Promise.all([1, 2].map(() => aProcess({ environment })))
  const [going, staying] = servers as [Process, Process]
  const balancer = aBalancer(servers)
  const answers: (number | string)[] = []
  let isOver = false
  const load = async () => {
    while (!isOver) answers.push(await balancer.get(picture))
  }
  const checks = async () => {
    while (!isOver) await balancer.check()
  }
  const running = [load(), load(), checks()]
  const ended = going.end()
  await expect.poll(() => balancer.ready.has(going)).toBe(false)
  expect(await once(going.url, picture)).toBe(200)
  expect(await once(going.url, '/readyz')).toBe(503)
  expect(await ended).toBe(0)
  const before = answers.length
  await expect.poll(() => answers.length).toBeGreaterThan(before + 10)
  isOver = true
  await Promise.all(running)
  await staying.end('SIGKILL')
  expect(answers.filter((answer) => answer !== 200)).toEqual([])
})
