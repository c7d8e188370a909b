// Files from an address: fetched by a job that outlives the process that promised it.
import type { ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { UrlUploadOptions } from '../../api/services/uploads/index.ts'
import { aServer } from '../origin/servers.ts'
import { jpeg } from '../pictures.ts'
import { aDesk, aFolder, wanted } from './desk.ts'

const photo = await jpeg()
type Desk = Awaited<ReturnType<typeof aDesk>>

async function aSource(answer: (path: string, response: ServerResponse) => void) {
  const site = await aServer((request, response) => answer(request.url ?? '', response))
  onTestFinished(() => site.close())
  return site
}

async function started(
  { uploads }: Desk,
  url: string,
  more: Partial<UrlUploadOptions> = {},
): Promise<string> {
  const started = await uploads.fromUrl({ ...wanted, url, ...more })
  if ('token' in started) return started.token
  throw new Error('there was one already')
}

const ended = async ({ uploads }: Desk, token: string) => {
  await expect
    .poll(async () => (await uploads.progress(token))?.state, { interval: 10 })
    .toMatch(/success|error/)
  return uploads.progress(token)
}

test('a picture is fetched, told how far it is, and kept under its own name', async () => {
  const desk = await aDesk()
  const half = Promise.withResolvers<void>()
  const site = await aSource(async (_, response) => {
    response.writeHead(200, { 'content-length': photo.length }).write(photo.subarray(0, 100))
    await half.promise
    response.end(photo.subarray(100))
  })
  const token = await started(desk, `${site.url}/pets/my%20cat.jpg?x=1`, { metadata: { a: '1' } })
  await expect
    .poll(() => desk.uploads.progress(token), { interval: 10 })
    .toEqual({ state: 'progress', done: 100, total: photo.length })
  half.resolve()
  const { file } = (await ended(desk, token)) as Extract<Awaited<ReturnType<typeof ended>>, { file: unknown }>
  expect(file).toMatchObject({ name: 'my cat.jpg', type: 'image/jpeg', metadata: { a: '1' }, state: 'ready' })
  expect(await desk.contentOf(file)).toEqual(photo)
})

test('what the source refuses is an error with its reason, and leaves nothing', async () => {
  const desk = await aDesk({ limits: { multipartBytes: 1000 } })
  const site = await aSource((path, response) => {
    if (path === '/huge') response.end(Buffer.alloc(2000))
    else response.writeHead(Number(path.slice(1))).end()
  })
  const failureOf = async (url: string) => {
    const progress = await ended(desk, await started(desk, url))
    return progress?.state === 'error' ? progress.failure.kind : progress?.state
  }
  expect(await failureOf(`${site.url}/404`)).toBe('source-missing')
  expect(await failureOf(`${site.url}/500`)).toBe('source-failed')
  expect(await failureOf(`${site.url}/huge`)).toBe('source-too-large')
  expect(await failureOf('http://127.0.0.2/')).toBe('forbidden-address')
  expect(await failureOf('http://a.example:22/')).toBe('bad-address')
  expect(await failureOf('http://nowhere.invalid/')).toBe('source-failed')
  await expect(desk.uploads.fromUrl({ ...wanted, url: 'ftp://a/' })).rejects.toMatchObject({
    kind: 'bad-address',
  })
  await expect
    .poll(() => desk.records.files.findUnstored({ before: desk.clock.now + 1, limit: 10 }))
    .toEqual([])
  expect((await desk.bucket.list('uploads/')).files).toEqual([])
})

test('a token says nothing about other work, and one that was never given says nothing', async () => {
  const desk = await aDesk()
  const id = await desk.records.jobs.promise({ queue: 'webhook', payload: {} }, desk.clock.now)
  expect(await desk.uploads.progress(id)).toBeUndefined()
  expect(await desk.uploads.progress('nothing')).toBeUndefined()
})

test('the same address gives the same file, if it was to be remembered and is still there', async () => {
  const desk = await aDesk()
  const site = await aSource((_, response) => response.end(photo))
  const url = `${site.url}/cat.jpg`
  await ended(desk, await started(desk, url))
  const token = await started(desk, url, { checkDuplicates: true, saveDuplicates: true })
  const first = await ended(desk, token)
  const again = { ...wanted, url, checkDuplicates: true }
  const found = await desk.uploads.fromUrl(again)
  expect(found).toEqual({ file: first?.state === 'success' && first.file })
  expect('token' in (await desk.uploads.fromUrl({ ...again, project: 'other' }))).toBe(true)
  await desk.uploads.remove('demo', ['file' in found ? found.file.id : ''])
  expect('token' in (await desk.uploads.fromUrl(again))).toBe(true)
})

test('a download that a stop cut short is brought in by the next process, under the same id', async () => {
  const dir = aFolder()
  const first = await aDesk({ dir })
  let asked = 0
  const site = await aSource((_, response) => {
    response.writeHead(200, { 'content-length': photo.length })
    if (asked++ === 0) response.write(photo.subarray(0, 50))
    else response.end(photo)
  })
  const token = await started(first, `${site.url}/cat.jpg`)
  await expect.poll(() => first.uploads.progress(token)).toMatchObject({ done: 50 })
  const row = (await first.records.files.findUnstored({ before: first.clock.now + 1, limit: 10 }))[0]
  await first.stop()
  const second = await aDesk({ dir })
  second.clock.now += 10_000
  const progress = await ended(second, token)
  expect(progress).toMatchObject({ state: 'success', file: { id: row?.id, bytes: photo.length } })
})
