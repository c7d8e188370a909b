import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { abandonment } from '../../api/intake/stall-watch.ts'
import type { Identification } from '../../transforms/optimise/identification.ts'
import { aJpeg, anIntake, aRawClient, aReceiver, head } from './intakes.ts'

const megabyte = 2 ** 20
const failing = (kind: string) => expect.objectContaining({ kind })

describe('a body', () => {
  test('becomes a file that only we may read, with its hashes, its name and what it is', async () => {
    const intake = anIntake()
    const jpeg = await aJpeg()
    const received = await intake.receive(Readable.from([jpeg]), {
      maxBytes: megabyte,
      name: '/tmp/kitten.jpg',
      type: 'text/html',
      length: jpeg.length,
    })
    expect(readFileSync(received.file).equals(jpeg)).toBe(true)
    expect(statSync(received.file).mode & 0o777).toBe(0o600)
    expect(received).toMatchObject({
      bytes: jpeg.length,
      name: 'kitten.jpg',
      type: 'image/jpeg',
      identification: { format: 'jpeg', width: 320, height: 200 },
      sha1: createHash('sha1').update(jpeg).digest('hex'),
      sha256: createHash('sha256').update(jpeg).digest('hex'),
    })
    await Promise.all([received.discard(), received.discard()])
    expect(intake.files()).toEqual([])
  })

  test('that is no picture is kept under the type its client gave', async () => {
    const intake = anIntake()
    const body = Readable.from([Buffer.from('a,b\n1,2\n')])
    const received = await intake.receive(body, { maxBytes: 100, type: 'text/csv; charset=utf-8' })
    expect(received).toMatchObject({ identification: null, type: 'text/csv', name: 'file', bytes: 8 })
  })

  test.each([
    ['a HEIC picture', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'image/heic'],
    ['a JPEG XL picture', '\0\0\0\x0cJXL \r\n\x87\n', 'image/jxl'],
    ['a PDF', '%PDF-1.7', 'application/pdf'],
    ['a damaged PNG', '\x89PNG\r\n\x1a\n', 'image/png'],
    ['a text that begins as a BMP does', 'BMW and others', 'text/plain'],
  ])('that is %s is kept under the type that its bytes tell', async (_, bytes, type) => {
    const body = Readable.from([Buffer.from(bytes, 'latin1')])
    const said = type === 'text/plain' ? type : 'application/octet-stream'
    expect(await anIntake().receive(body, { maxBytes: 100, type: said })).toMatchObject({ type })
  })

  test('of no bytes is a file of no bytes', async () => {
    const received = await anIntake().receive(Readable.from([]), { maxBytes: 100 })
    expect(received).toMatchObject({ bytes: 0, identification: null, type: 'application/octet-stream' })
  })

  test('announced as too long is refused before a byte of it is read', async () => {
    const body = new PassThrough()
    body.write('x')
    await expect(anIntake().receive(body, { maxBytes: 100, length: 101 })).rejects.toEqual(
      failing('source-too-large'),
    )
  })

  test('that turns out too long is refused, and nothing of it stays', async () => {
    const intake = anIntake()
    const body = Readable.from([randomBytes(60), randomBytes(60)])
    await expect(intake.receive(body, { maxBytes: 100 })).rejects.toEqual(failing('source-too-large'))
    expect(intake.files()).toEqual([])
  })

  test.each([
    ['shorter', 9],
    ['longer', 7],
  ])('%s than announced is a broken one', async (_, length) => {
    const body = Readable.from([Buffer.from('12345678')])
    await expect(anIntake().receive(body, { maxBytes: 100, length })).rejects.toEqual(failing('bad-body'))
  })

  test('that breaks off leaves nothing', async () => {
    const intake = anIntake()
    const body = new PassThrough()
    const receiving = intake.receive(body, { maxBytes: megabyte })
    body.write(randomBytes(100_000))
    await expect.poll(() => intake.files().length).toBe(1)
    body.destroy(new Error('reset'))
    await expect(receiving).rejects.toEqual(failing('bad-body'))
    expect(intake.files()).toEqual([])
  })

  test('that was torn before anybody read it fails as well', async () => {
    const body = new PassThrough()
    body.on('error', () => {}).destroy(new Error('reset'))
    await expect(anIntake().receive(body, { maxBytes: megabyte })).rejects.toEqual(failing('bad-body'))
  })

  test('is not too slow because the clock was set while it came', async () => {
    const clock = { now: Date.now() }
    const intake = anIntake({ now: () => clock.now })
    const body = new PassThrough()
    const receiving = intake.receive(body, { maxBytes: 100 })
    body.write('x')
    await expect.poll(() => intake.files().length).toBe(1)
    clock.now += 3_600_000
    body.write('y')
    await new Promise(setImmediate)
    body.end('z')
    expect(await receiving).toMatchObject({ bytes: 3 })
  })

  test('nobody waits for any more is given up', async () => {
    const intake = anIntake()
    const leaving = new AbortController()
    const receiving = intake.receive(new PassThrough(), { maxBytes: 100, signal: leaving.signal })
    leaving.abort()
    await expect(receiving).rejects.toEqual(abandonment())
    expect(intake.files()).toEqual([])
  })
})

describe('the first bytes', () => {
  test('tell what a picture is while the rest still arrives', async () => {
    const noise = await sharp(randomBytes(3 * 400 * 400), { raw: { width: 400, height: 400, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer()
    const body = new PassThrough()
    const told = Promise.withResolvers<Identification | null>()
    const receiving = anIntake().receive(body, { maxBytes: megabyte, onIdentified: told.resolve })
    body.write(noise.subarray(0, 70_000))
    expect(await told.promise).toMatchObject({ format: 'jpeg', width: 400, height: 400 })
    body.end(noise.subarray(70_000))
    expect(await receiving).toMatchObject({ bytes: noise.length })
  })

  test('refuse what is no picture before the rest arrives', async () => {
    const body = new PassThrough()
    const receiving = anIntake().receive(body, { maxBytes: megabyte, onlyPictures: true })
    body.write(Buffer.concat([Buffer.from('PK\x03\x04'), randomBytes(70_000)]))
    await expect(receiving).rejects.toEqual(failing('source-unsupported'))
    await expect(receiving).rejects.toThrow('ZIP')
  })

  test('refuse a picture of too many pixels before the rest arrives', async () => {
    const jpeg = await aJpeg(64, 64)
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
    jpeg.writeUInt16BE(20_000, frame + 5)
    jpeg.writeUInt16BE(20_000, frame + 7)
    const body = new PassThrough()
    const receiving = anIntake().receive(body, { maxBytes: megabyte, onlyPictures: true })
    body.write(Buffer.concat([jpeg, randomBytes(70_000)]))
    await expect(receiving).rejects.toEqual(failing('source-too-large'))
  })

  test('say nothing of a picture that describes itself later: the whole file does', async () => {
    const jpeg = await aJpeg()
    const comment = Buffer.alloc(60_004, 0x20)
    comment.writeUInt32BE(0xfffeea62)
    const late = Buffer.concat([jpeg.subarray(0, 2), comment, comment, jpeg.subarray(2)])
    const told: unknown[] = []
    const received = await anIntake().receive(Readable.from([late]), {
      maxBytes: megabyte,
      onlyPictures: true,
      onIdentified: (identification) => told.push(identification),
    })
    expect(received.identification).toMatchObject({ format: 'jpeg', width: 320, height: 200 })
    expect(told).toEqual([received.identification])
  })

  test('of an animation may show a still; the file is known as what it is', async () => {
    const frames = randomBytes(256 * 512 * 3)
    const gif = await sharp(frames, { raw: { width: 256, height: 512, channels: 3, pageHeight: 256 } })
      .gif()
      .toBuffer()
    expect(gif.length).toBeGreaterThan(64 * 1024)
    const told: (Identification | null)[] = []
    const received = await anIntake().receive(Readable.from([gif]), {
      maxBytes: megabyte,
      onIdentified: (identification) => told.push(identification),
    })
    expect(told.map((each) => each?.format)).toEqual(['gif'])
    expect(received.identification).toMatchObject({ format: 'gif', animated: true })
  })

  test('of an SVG are not enough, however long its licence is', async () => {
    const svg = `<!--${'x'.repeat(70_000)}--><svg xmlns="http://www.w3.org/2000/svg" width="12" height="8"/>`
    const received = await anIntake().receive(Readable.from([Buffer.from(svg)]), { maxBytes: megabyte })
    expect(received.identification?.format ?? null).toBe(null)
    const short = `<svg xmlns="http://www.w3.org/2000/svg" width="12" height="8"><!--${'x'.repeat(70_000)}--></svg>`
    const known = await anIntake().receive(Readable.from([Buffer.from(short)]), { maxBytes: megabyte })
    expect(known).toMatchObject({ type: 'image/svg+xml', identification: { width: 12, height: 8 } })
  })

  test.each([
    ['blanks', ' '.repeat(60_000)],
    ['comments', '<!---->'.repeat(9_000)],
    ['includes', `<svg width="3" height="2">${'<include'.repeat(300_000)}`],
    ['one long name', `<svg width="3" height="2" ${'a'.repeat(2_500_000)}>`],
    ['one long selector', `<svg width="3" height="2"><style>${'a'.repeat(2_500_000)}</style></svg>`],
    ['imports', `<svg width="3" height="2"><style>${'@import'.repeat(400_000)}</style></svg>`],
  ])('that are nothing but %s do not hold up everybody else', async (_, text) => {
    const body = Readable.from([Buffer.from(text)])
    await (await anIntake().receive(body, { maxBytes: 4 * megabyte })).discard()
  })

  test('that are a damaged picture are no picture', async () => {
    const cut = (await aJpeg()).subarray(0, 20)
    const kept = await anIntake().receive(Readable.from([cut]), { maxBytes: 100, type: 'image/jpeg' })
    expect(kept).toMatchObject({ identification: null, type: 'image/jpeg' })
    const refused = anIntake().receive(Readable.from([cut]), { maxBytes: 100, onlyPictures: true })
    await expect(refused).rejects.toEqual(failing('source-broken'))
  })
})

describe('the spool', () => {
  test('takes no more than it has room for, and again once something was discarded', async () => {
    const intake = anIntake({ totalBytes: 1000 })
    const first = await intake.receive(Readable.from([randomBytes(800)]), { maxBytes: 1000 })
    const second = () => intake.receive(Readable.from([randomBytes(300)]), { maxBytes: 1000 })
    await expect(second()).rejects.toEqual(failing('busy'))
    await expect(
      intake.receive(Readable.from([randomBytes(300)]), { maxBytes: 1000, length: 300 }),
    ).rejects.toEqual(failing('busy'))
    expect(intake.files()).toHaveLength(1)
    await first.discard()
    await first.discard()
    await (await second()).discard()
    await (await intake.receive(Readable.from([randomBytes(1000)]), { maxBytes: 1000 })).discard()
  })

  test('an announcement alone takes no room from others', async () => {
    const intake = anIntake({ totalBytes: 1000 })
    const silent = new PassThrough()
    const waiting = intake.receive(silent, { maxBytes: 1000, length: 900 })
    await intake.receive(Readable.from([randomBytes(800)]), { maxBytes: 1000 })
    silent.end(randomBytes(900))
    await expect(waiting).rejects.toEqual(failing('busy'))
  })
})

describe('over a real connection', () => {
  test('a client that sends nothing for too long gets 408, and no file is kept', async () => {
    const intake = anIntake({ stallMs: 100 })
    const server = await aReceiver((request) => intake.receive(request, { maxBytes: megabyte, length: 5000 }))
    const client = await aRawClient(server.port)
    client.socket.write(`${head(5000)}some`)
    await expect.poll(() => client.text()).toMatch(/^HTTP\/1\.1 408 .*"stalled"/s)
    expect(intake.files()).toEqual([])
  })

  test('a client that drips is as slow as one that is silent', async () => {
    const intake = anIntake({ stallMs: 300 })
    const server = await aReceiver((request) => intake.receive(request, { maxBytes: megabyte }))
    const client = await aRawClient(server.port)
    client.socket.write(head(100_000))
    const drip = setInterval(() => client.socket.write('x'), 50)
    try {
      await expect.poll(() => client.text()).toMatch(/^HTTP\/1\.1 408 /)
    } finally {
      clearInterval(drip)
    }
  })

  test('a slow client that keeps on is served', async () => {
    const intake = anIntake({ stallMs: 30_000 })
    const server = await aReceiver((request) => intake.receive(request, { maxBytes: megabyte }))
    const client = await aRawClient(server.port)
    client.socket.write(head(8_000))
    for (let i = 0; i < 8; i++) {
      client.socket.write(randomBytes(1_000))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(() => client.text()).toMatch(/^HTTP\/1\.1 200 .*"bytes":8000/s)
  })

  test('a client that goes away leaves nothing', async () => {
    const intake = anIntake()
    const outcome = Promise.withResolvers<unknown>()
    const server = await aReceiver((request) => {
      const receiving = intake.receive(request, { maxBytes: megabyte })
      receiving.catch(outcome.resolve)
      return receiving
    })
    const client = await aRawClient(server.port)
    client.socket.write(`${head(500_000)}${'x'.repeat(100_000)}`)
    await expect.poll(() => intake.files().length).toBe(1)
    client.socket.destroy()
    expect(await outcome.promise).toEqual(failing('bad-body'))
    expect(intake.files()).toEqual([])
  })

  test('a client that reads only after it has sent everything still gets its refusal', async () => {
    const intake = anIntake()
    const server = await aReceiver((request) => intake.receive(request, { maxBytes: 1000 }))
    const client = await aRawClient(server.port)
    client.socket.pause()
    const body = randomBytes(8 * megabyte)
    client.socket.write(head(body.length))
    await new Promise<void>((resolve) => client.socket.write(body, () => resolve()))
    client.socket.resume()
    await expect.poll(() => client.text()).toMatch(/^HTTP\/1\.1 413 .*source-too-large/s)
  })

  test('a connection whose upload was refused serves its next request', async () => {
    const intake = anIntake()
    const server = await aReceiver((request) => intake.receive(request, { maxBytes: 1000 }))
    const client = await aRawClient(server.port)
    client.socket.write(Buffer.concat([Buffer.from(head(200_000)), randomBytes(200_000)]))
    client.socket.write(`${head(5)}hello`)
    await expect.poll(() => client.text()).toMatch(/^HTTP\/1\.1 413 .*HTTP\/1\.1 200 .*"bytes":5/s)
  })

  test('twenty at once are twenty files', async () => {
    const intake = anIntake()
    const server = await aReceiver((request) => intake.receive(request, { maxBytes: 4 * megabyte }))
    const bodies = Array.from({ length: 20 }, () => randomBytes(2 * megabyte))
    const answers = await Promise.all(
      bodies.map(async (body) => {
        const response = await fetch(server.url, { method: 'POST', body })
        return (await response.json()) as { sha256: string; file: string }
      }),
    )
    expect(answers.map(({ sha256 }) => sha256)).toEqual(
      bodies.map((body) => createHash('sha256').update(body).digest('hex')),
    )
    expect(new Set(answers.map(({ file }) => file)).size).toBe(20)
  })
})
