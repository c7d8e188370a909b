// A server that is told to end: it says that it is not ready, and goes on accepting until balancers know.
import { expect, test } from 'vitest'
import { askOnce } from '../journeys/balancer.ts'
import { aProcess } from '../journeys/processes.ts'

const environment = { HALFTONE_SAMPLES: 'true', HALFTONE_LAME_DUCK: '4s' }
const picture = '/samples/landscape.jpg?w=40'

test('while it is a lame duck new connections are answered, and /readyz says 503', async () => {
  const server = await aProcess({ environment })
  expect(await askOnce(server.url, '/readyz')).toBe(200)
  const ended = server.end()
  await expect.poll(() => askOnce(server.url, '/readyz')).toBe(503)
  expect(await askOnce(server.url, picture)).toBe(200)
  expect(await ended).toBe(0)
  expect(await askOnce(server.url, picture)).toContain('ECONNREFUSED')
})
