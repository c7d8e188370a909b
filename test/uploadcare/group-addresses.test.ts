// A group's own addresses, as its cdn_url names them.
import { UploadClient } from '@uploadcare/upload-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jpeg, png } from '../pictures.ts'
import { aHalftone, type Halftone } from './halftone.ts'

let halftone: Halftone
let address: string

beforeAll(async () => {
  halftone = await aHalftone()
  const { publicKey } = await halftone.keys('grouped')
  const client = new UploadClient({ publicKey, baseURL: halftone.url, baseCDN: `${halftone.url}/` })
  const photo = await client.uploadFile(await jpeg({ width: 300, height: 200 }))
  const drawing = await client.uploadFile(await png({ width: 100, height: 100 }))
  const group = await client.uploadFileGroup([photo.uuid, `${drawing.uuid}/-/resize/40x/`])
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
  const drawing = await fetch(`${address}nth/1/`)
  expect([drawing.status, drawing.headers.get('content-type')]).toEqual([200, 'image/png'])
  expect(drawing.url).toMatch(/-\/resize\/40x\/$/)
})

test.each(['nth/2/', 'nth/x/'])('%s is not there', async (wrong) => {
  const { status } = await fetch(`${address}${wrong}`)
  expect([400, 404]).toContain(status)
})

test('a group that does not exist is a problem', async () => {
  const answer = await fetch(address.replace(/[0-9a-f]{12}~2/, '000000000000~2'))
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})
