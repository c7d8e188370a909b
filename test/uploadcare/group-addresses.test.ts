// A group's own addresses, as its cdn_url names them.
import { UploadClient } from '@uploadcare/upload-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sign as signToken } from '../../edge/languages/uploadcare/token.ts'
import { sign } from '../../edge/signature.ts'
import { jpeg, png } from '../pictures.ts'
import { aHalftone, type Halftone } from './halftone.ts'

let halftone: Halftone
let client: UploadClient
let address: string
let drawing: string

beforeAll(async () => {
  halftone = await aHalftone()
  const { publicKey } = await halftone.keys('grouped')
  client = new UploadClient({ publicKey, baseURL: halftone.url, baseCDN: `${halftone.url}/` })
  const photo = await client.uploadFile(await jpeg({ width: 300, height: 200 }))
  drawing = (await client.uploadFile(await png({ width: 100, height: 100 }))).uuid
  const group = await client.uploadFileGroup([photo.uuid, `${drawing}/-/resize/40x/`])
  address = group.cdnUrl
})
afterAll(() => halftone.stop())

test('the group is told as JSON', async () => {
  expect(await (await fetch(address)).json()).toMatchObject({
    files_count: 2,
    files: [{}, { default_effects: '-/resize/40x/' }],
  })
})

test('a member is the file in its place, with the operations it was grouped with and those of the address', async () => {
  const small = await fetch(`${address}nth/0/-/preview/30x30/cat.jpg`)
  expect([small.status, small.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  const second = await fetch(`${address}nth/1/`)
  expect([second.status, second.headers.get('content-type')]).toEqual([200, 'image/png'])
  expect(second.url).toMatch(/-\/resize\/40x\/$/)
})

test.each(['nth/2/', 'nth/x/', 'archive/zip/all.zip'])('%s is not there', async (wrong) => {
  expect((await fetch(`${address}${wrong}`)).status).toBe(404)
})

test.each(['', '/nth/0/-/json/'])('it is read with any case, from any page: %s', async (rest) => {
  const { pathname, origin } = new URL(address)
  const answer = await fetch(`${origin}${pathname.slice(0, -1).toUpperCase()}${rest}`, { redirect: 'manual' })
  expect([200, 302]).toContain(answer.status)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
})

test.each([
  ['/-/resize/40x', '-/resize/40x/'],
  ['/-/resize/40x/cat.png', '-/resize/40x/'],
  ['/-/preview/', '-/preview/'],
  ['/cat.png', ''],
])('a member named with %s can be sized once more', async (written, effects) => {
  const { id, files } = await client.group([`https://ucarecdn.com/${drawing.toUpperCase()}${written}`])
  expect(files[0]?.defaultEffects).toBe(effects)
  const answer = await fetch(`${halftone.url}/${id}/nth/0/-/preview/30x30/`)
  expect([answer.status, answer.url]).toEqual([200, `${halftone.url}/${drawing}/${effects}-/preview/30x30/`])
})

test('a group that does not exist is a problem', async () => {
  const answer = await fetch(address.replace(/[0-9a-f]{12}~2/, '000000000000~2'))
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})

describe('where uploads are signed', () => {
  const key = '00112233445566778899aabbccddeeff'
  const signing = { scheme: 'hmac-sha256', keys: [key] } as const
  let strict: Halftone
  let group: string

  beforeAll(async () => {
    strict = await aHalftone({ sources: { uploads: { keys: [key] } } })
    const { publicKey } = await strict.keys('signed')
    const client = new UploadClient({ publicKey, baseURL: strict.url, baseCDN: `${strict.url}/` })
    const { file } = await client.base(await jpeg({ width: 300, height: 200 }), { store: true })
    group = `/${(await client.group([file])).id}/`
  })
  afterAll(() => strict.stop())

  test.each(['', 'nth/0/', 'nth/0/-/preview/30x30/', 'nth/9/', 'archive/zip/all.zip'])(
    'a group is signed as its files are: %s',
    async (rest) => {
      expect((await fetch(`${strict.url}${group}${rest}`, { redirect: 'manual' })).status).toBe(403)
      expect(
        (await fetch(`${strict.url}${sign(`${group}x`, signing).replace('x?', `${rest}?`)}`)).status,
      ).toBe(403)
    },
  )

  test('signed, it is told, and leads to addresses of its members that are signed as well', async () => {
    const told = await fetch(`${strict.url}${sign(group, signing)}`)
    expect([told.status, told.headers.get('cache-control')]).toEqual([200, 'public, max-age=300'])
    const member = await fetch(`${strict.url}${sign(`${group}nth/0/-/preview/30x30/cat.jpg`, signing)}`)
    expect([member.status, member.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  })

  test('a token of theirs admits as well, and ends for the member when it ends for the group', async () => {
    const exp = Math.floor(strict.clock.now() / 1000) + 60
    const acl = `${group.replace('~', '%7e')}*`
    const token = `exp=${exp}~acl=${acl}~hmac=${signToken(key, `exp=${exp}~acl=${acl}`)}`
    const address = `${strict.url}${group}nth/0/?token=${token}`
    const led = await fetch(address, { redirect: 'manual' })
    expect([led.status, led.headers.get('cache-control')]).toEqual([302, 'private, no-cache'])
    expect(led.headers.get('location')).toContain(`expires=${exp}&s=`)
    expect((await fetch(address)).status).toBe(200)
    strict.clock.forward(61)
    expect((await fetch(address)).status).toBe(404)
    expect((await fetch(`${strict.url}${led.headers.get('location')}`)).status).toBe(404)
  })
})
