// What a tier's port says to those who reach it: neighbours, strangers, people with curl.
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aTier, opened, serving } from './tiers.ts'

const open = opened()
let url = ''
let guarded = ''
beforeAll(async () => {
  url = open.keep(await serving(aTier, { maxUrlBytes: 200 })).url
  guarded = open.keep(await serving(aTier, { secrets: ['a new secret', 'a secret'] })).url
})
afterAll(open.closeAll)

async function failureOf(address: string, options: Parameters<typeof request>[1] = {}) {
  const { statusCode, headers, body } = await request(address, options)
  await body.dump()
  return { status: statusCode, failure: headers['halftone-failure'], allow: headers.allow }
}

test('HEAD has the headers of GET and no body', async () => {
  const { statusCode, headers, body } = await request(`${url}/20000`, { method: 'HEAD' })
  expect([statusCode, headers['content-length'], await body.text()]).toEqual([200, '20000', ''])
})

test('other methods are refused with the ones that are allowed', async () => {
  expect(await failureOf(`${url}/1`, { method: 'POST', body: 'x' })).toEqual({
    status: 405,
    failure: 'bad-method',
    allow: 'GET, HEAD',
  })
})

test('an address that is too long is refused', async () => {
  expect(await failureOf(`${url}/${'1'.repeat(300)}`)).toMatchObject({
    status: 414,
    failure: 'target-too-long',
  })
})

test.each([undefined, '', 'a secreT', 'a secret and more'])(
  'with the secret %j a stranger gets 403',
  async (given) => {
    const headers = given === undefined ? {} : { 'halftone-secret': given }
    expect(await failureOf(`${guarded}/1`, { headers })).toMatchObject({
      status: 403,
      failure: 'not-neighbour',
    })
  },
)

test.each(['a new secret', 'a secret'])('with the secret %j a neighbour is answered', async (secret) => {
  const headers = { 'halftone-secret': secret }
  expect(await failureOf(`${guarded}/1`, { headers })).toMatchObject({ status: 200 })
})
