import { randomBytes } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { firstRequest, nextRequest } from '../../api/intake/fetch-address.ts'
import { createGuard } from '../../fetch/guard.ts'
import { aServer, aTrap, connectionsDuring, type Site } from '../origin/servers.ts'
import { aJpeg, anIntake } from './intakes.ts'

const megabyte = 2 ** 20
const failing = (kind: string) => expect.objectContaining({ kind })

async function aSite(listener: RequestListener): Promise<Site> {
  const site = await aServer(listener)
  onTestFinished(() => site.close())
  return site
}

const fetchIt = (
  url: string,
  options: Parameters<ReturnType<typeof anIntake>['fetch']>[1] = { maxBytes: megabyte },
) => anIntake().fetch(url, options)

describe('a file from an address', () => {
  test('comes whole, with its name, its type and what it is', async () => {
    const jpeg = await aJpeg()
    const site = await aSite((_, response) =>
      response.writeHead(200, { 'content-type': 'image/x-camera', 'content-length': jpeg.length }).end(jpeg),
    )
    const steps: [number, number | undefined][] = []
    const received = await fetchIt(`${site.url}/cats/k%C3%A4tzchen.jpg?w=1#top`, {
      maxBytes: megabyte,
      onlyPictures: true,
      progress: (done, total) => steps.push([done, total]),
    })
    expect(readFileSync(received.file).equals(jpeg)).toBe(true)
    expect(received).toMatchObject({
      name: 'kätzchen.jpg',
      type: 'image/jpeg',
      bytes: jpeg.length,
      identification: { width: 320 },
    })
    expect(steps.at(-1)).toEqual([jpeg.length, jpeg.length])
  })

  test.each([
    [`attachment; filename="from header.bin"`, undefined, 'from header.bin'],
    [`attachment; filename="from header.bin"`, 'given.bin', 'given.bin'],
    [undefined, undefined, 'path.bin'],
  ])('is named by %j and %j: %s', async (disposition, given, name) => {
    const site = await aSite((_, response) => {
      if (disposition) response.setHeader('content-disposition', disposition)
      response.end('hello')
    })
    const received = await fetchIt(`${site.url}/path.bin`, { maxBytes: 100, name: given })
    expect(received.name).toBe(name)
  })

  test('is followed through at most five redirects', async () => {
    const site = await aSite(({ url }, response) => {
      const left = Number(url?.slice(1))
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end()
      else response.end('there')
    })
    expect(await fetchIt(`${site.url}/5`)).toMatchObject({ bytes: 5 })
    await expect(fetchIt(`${site.url}/6`)).rejects.toEqual(failing('source-failed'))
  })

  const text = 'a,b\n'.repeat(10_000)
  test.each([
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['gzip, zstd', zstdCompressSync(gzipSync(text))],
    ['aws-chunked, gzip', gzipSync(text)],
    ['utf-8', Buffer.from(text)],
  ])('sent as %j although we ask for it as it is, is unpacked', async (label, body) => {
    const site = await aSite((_, response) =>
      response.writeHead(200, { 'content-encoding': label, 'content-type': 'text/csv' }).end(body),
    )
    const received = await fetchIt(`${site.url}/x.csv`)
    expect(readFileSync(received.file, 'utf8')).toBe(text)
  })
})

describe('what is sent to the server', () => {
  test('is the user name and password of the address, and headers of the client, for that server alone', async () => {
    const heard: IncomingHttpHeaders[] = []
    const other = await aSite((request, response) => {
      heard.push(request.headers)
      response.end('there')
    })
    const site = await aSite((request, response) => {
      heard.push(request.headers)
      const location = request.url === '/' ? '/again' : other.url
      response.writeHead(307, { location }).end()
    })
    const url = site.url.replace('//', '//us%C3%A9r:p%40ss@')
    await fetchIt(`${url}/`, { maxBytes: 100, headers: { 'X-Token': 'secret' } })
    const authorization = `Basic ${Buffer.from('usér:p@ss').toString('base64')}`
    expect(heard.map(({ authorization }) => authorization)).toEqual([authorization, authorization, undefined])
    expect(heard.map((headers) => headers['x-token'])).toEqual(['secret', 'secret', undefined])
    expect(heard.map((headers) => headers['accept-encoding'])).toEqual(['identity', 'identity', 'identity'])
  })

  test.each(['Host', 'content-length', 'Transfer-Encoding', 'connection', 'bad name', 'halftone-hop'])(
    'is never a header %j of the client',
    async (name) => {
      await expect(
        fetchIt('http://127.0.0.1:9999/', { maxBytes: 100, headers: { [name]: 'x' } }),
      ).rejects.toEqual(failing('bad-option'))
    },
  )

  test('is never a header with a line break', async () => {
    const headers = { 'x-a': 'b\r\nhost: other' }
    await expect(fetchIt('http://127.0.0.1:9999/', { maxBytes: 100, headers })).rejects.toEqual(
      failing('bad-option'),
    )
  })
})

describe('is never connected to:', () => {
  const guarded = () => anIntake({ dispatcher: createGuard() })

  test.each([
    ['a loopback address', 'http://127.0.0.1:PORT/', 'forbidden-address'],
    ['a name of one', 'http://localhost:PORT/', 'forbidden-address'],
    ['IPv6 loopback', 'http://[::1]:PORT/', 'forbidden-address'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data/', 'forbidden-address'],
    ['a file', 'file:///etc/passwd', 'bad-address'],
    ['another scheme', 'gopher://127.0.0.1:PORT/', 'bad-address'],
    ['a port of another service', 'http://example.com:22/', 'bad-address'],
    ['a port of a database', 'http://example.com:6379/', 'bad-address'],
    ['nothing', '', 'bad-address'],
    ['no URL', 'kitten.jpg', 'bad-address'],
    ['an endless one', `http://example.com/${'x'.repeat(10_000)}`, 'bad-address'],
  ])('%s', async (_, url, kind) => {
    const trap = await aTrap()
    onTestFinished(() => trap.close())
    const tried = await connectionsDuring(async () => {
      const fetching = guarded().fetch(url.replace('PORT', String(trap.port)), { maxBytes: 100 })
      await expect(fetching).rejects.toEqual(failing(kind))
    })
    expect([tried, trap.count]).toEqual([0, 0])
  })

  test('a private address behind a redirect', async () => {
    const trap = await aTrap()
    onTestFinished(() => trap.close())
    const gate = await aServer(
      (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${trap.port}/` }).end(),
      '127.77.77.77',
    )
    onTestFinished(() => gate.close())
    const dispatcher = createGuard({
      allowAddresses: ['127.77.77.77'],
      resolve: async (host) =>
        host === 'gate.example'
          ? ['127.77.77.77']
          : (await lookup(host, { all: true })).map(({ address }) => address),
    })
    const fetching = anIntake({ dispatcher }).fetch(`http://gate.example:${gate.port}/`, { maxBytes: 100 })
    await expect(fetching).rejects.toEqual(failing('forbidden-address'))
    await expect(fetching).rejects.toThrow(/^[^0-9]*$/)
    expect([gate.count, trap.count]).toEqual([1, 0])
  })
})

describe('a download fails', () => {
  test.each([
    [404, 'source-missing'],
    [403, 'source-missing'],
    [410, 'source-missing'],
    [500, 'source-failed'],
    [204, 'source-failed'],
    [206, 'source-failed'],
    [304, 'source-failed'],
    [504, 'source-late'],
  ])('with the status %s as %s', async (status, kind) => {
    const site = await aSite((_, response) => response.writeHead(status).end())
    await expect(fetchIt(site.url)).rejects.toEqual(failing(kind))
  })

  test('when its server is not there, or has no name, in words without an address', async () => {
    const site = await aSite(() => {})
    await site.close()
    await expect(fetchIt(site.url)).rejects.toEqual(failing('source-failed'))
    await expect(fetchIt(site.url)).rejects.toThrow(/^[^0-9]*$/)
    await expect(fetchIt('http://nobody.invalid/')).rejects.toEqual(failing('source-failed'))
  })

  test('before a byte is read when it is announced as too large', async () => {
    const site = await aSite((_, response) => response.writeHead(200, { 'content-length': '101' }).write('x'))
    await expect(fetchIt(site.url, { maxBytes: 100 })).rejects.toEqual(failing('source-too-large'))
  })

  test('when it turns out too large', async () => {
    const site = await aSite((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(randomBytes(65_536)));
      }
      response.on('drain', more)
      more()
    })
    await expect(fetchIt(site.url)).rejects.toEqual(failing('source-too-large'))
  })

  test.each([
    ['zstd', zstdCompressSync(Buffer.alloc(50 * megabyte))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50 * megabyte)))],
  ])('when it unpacks from %s to too much', async (label, bomb) => {
    const site = await aSite((_, response) =>
      response.writeHead(200, { 'content-encoding': label }).end(bomb),
    )
    await expect(fetchIt(site.url)).rejects.toEqual(failing('source-too-large'))
  })

  test('when it unpacks to too much', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * megabyte))
    const site = await aSite((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    await expect(fetchIt(site.url)).rejects.toEqual(failing('source-too-large'))
  })

  test.each([
    ['an unknown packing', 'compress', Buffer.from('x')],
    ['a broken packing', 'gzip', Buffer.from('this is not gzipped')],
    ['a packing cut short', 'gzip', gzipSync(randomBytes(5000)).subarray(0, 2000)],
  ])('for %s', async (_, encoding, body) => {
    const site = await aSite((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(body),
    )
    await expect(fetchIt(site.url)).rejects.toEqual(failing('source-failed'))
  })

  test('when it breaks off', async () => {
    const site = await aSite((_, response) => {
      response.writeHead(200, { 'content-length': '5000' }).write('some')
      setImmediate(() => response.destroy())
    })
    await expect(fetchIt(site.url)).rejects.toEqual(failing('source-failed'))
  })

  test.each([
    ['never begins to answer', () => {}],
    ['goes silent', (_: unknown, response: { write(text: string): void }) => response.write('x')],
  ])('when its server %s', async (_, listener) => {
    const site = await aSite(listener as RequestListener)
    const intake = anIntake({ stallMs: 200, connectMs: 200 })
    await expect(intake.fetch(site.url, { maxBytes: 100 })).rejects.toEqual(failing('source-late'))
    expect(intake.files()).toEqual([])
  })

  test('when it takes longer than a download may, however steady it is', async () => {
    const site = await aSite((_, response) => {
      const drip = setInterval(() => response.write(randomBytes(2_000)), 20)
      response.on('close', () => clearInterval(drip))
    })
    const intake = anIntake({ fetchMs: 400 })
    await expect(intake.fetch(site.url, { maxBytes: 1e9 })).rejects.toEqual(failing('source-late'))
    expect(intake.files()).toEqual([])
  })

  test('when nobody waits for it any more, and the connection ends', async () => {
    const left = Promise.withResolvers<void>()
    const site = await aSite((_, response) => {
      response.write('x')
      response.on('close', () => left.resolve())
    })
    const leaving = new AbortController()
    const fetching = fetchIt(site.url, {
      maxBytes: 100,
      signal: leaving.signal,
      progress: () => leaving.abort(),
    })
    await expect(fetching).rejects.toEqual(failing('abandoned'))
    await left.promise
  })

  test('when it is no picture, before the rest arrives', async () => {
    const site = await aSite((_, response) => response.write(`<!doctype html>${' '.repeat(70_000)}`))
    await expect(fetchIt(site.url, { maxBytes: megabyte, onlyPictures: true })).rejects.toThrow('HTML')
  })

  test('when it leaves https for http', () => {
    const secure = firstRequest('https://a.example/1', {})
    expect(nextRequest(secure, secure, 'https://b.example/2').url.host).toBe('b.example')
    expect(() => nextRequest(secure, secure, 'http://a.example/2')).toThrow(failing('bad-address'))
  })

  test('when it redirects to nowhere', async () => {
    const site = await aSite((_, response) => response.writeHead(302, { location: 'http://[' }).end())
    await expect(fetchIt(site.url)).rejects.toEqual(failing('source-failed'))
  })
})
