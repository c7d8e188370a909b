import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { PassThrough, Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FormOptions, Intake } from '../../api/intake/index.ts'
import { aForm, aJpeg, anIntake, aRawClient, aReceiver, boundary, formType, head } from './intakes.ts'

const megabyte = 2 ** 20
const failing = (kind: string) => expect.objectContaining({ kind })

const read = (intake: Intake, bytes: Buffer, options: Partial<FormOptions> = {}, chunk = 1000) =>
  intake.form(
    { headers: { 'content-type': formType }, body: inChunks(bytes, chunk) },
    { maxBytes: megabyte, ...options },
  )

const inChunks = (bytes: Buffer, chunk: number): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
    })(),
    { objectMode: false },
  )

const field = (name: string, value = 'v') => ({ name, body: value })
const file = (name: string, body: Buffer, filename = 'a.bin') => ({
  name,
  filename,
  type: 'image/x-any',
  body,
})

describe('a form', () => {
  test.each([
    ['its file last', [0, 1, 2]],
    ['its file first', [2, 0, 1]],
    ['its file between', [0, 2, 1]],
  ])('with %s is the same', async (_, order) => {
    const jpeg = await aJpeg()
    const parts = [field('wait', 'true'), field('lossy', '1'), file('upload', jpeg, 'C:\\pics\\kitten.jpg')]
    const form = await read(anIntake(), aForm(order.flatMap((at) => parts[at] ?? [])), { onlyPictures: true })
    expect(form.field('wait')).toBe('true')
    expect(form.field('lossy')).toBe('1')
    expect(form.field('upload')).toBe(undefined)
    const [part] = form.files
    expect(part?.field).toBe('upload')
    expect(part?.received).toMatchObject({ name: 'kitten.jpg', type: 'image/jpeg', bytes: jpeg.length })
    expect(readFileSync(part?.received.file ?? '').equals(jpeg)).toBe(true)
  })

  test('keeps fields in the order sent, of any name, more than once', async () => {
    const names = ['__proto__', 'a[b][]', 'ключ', 'a', 'a', '%22', '']
    const form = await read(anIntake(), aForm(names.map((name, at) => field(name, `v${at}`))))
    expect(form.fields).toEqual(names.map((name, at) => ({ name, value: `v${at}` })))
    expect(form.field('a')).toBe('v3')
  })

  test('is read the same however the network cuts it', async () => {
    const intake = anIntake()
    const body = randomBytes(700)
    const bytes = aForm([field('a', 'x\r\n--y'), file('f', body), field('b', '')])
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (chunk) => {
        const form = await read(intake, bytes, {}, chunk)
        expect(form.fields).toEqual([field('a', 'x\r\n--y'), field('b', '')].map(asField))
        expect(readFileSync(form.files[0]?.received.file ?? '').equals(body)).toBe(true)
        await form.discard()
      }),
      { numRuns: 60 },
    )
    expect(intake.files()).toEqual([])
  })

  test('may bring several files, each its own', async () => {
    const intake = anIntake()
    const bodies = [randomBytes(200_000), randomBytes(3), randomBytes(90_000)]
    const form = await read(intake, aForm(bodies.map((body, at) => file(`f${at}`, body))), {}, 65_536)
    expect(form.files.map(({ field, received }) => [field, received.bytes])).toEqual(
      bodies.map((body, at) => [`f${at}`, body.length]),
    )
    await form.discard()
    expect(intake.files()).toEqual([])
  })

  test('whose file input was left empty has no file', async () => {
    const intake = anIntake()
    const empty = { name: 'file', filename: '', type: 'application/octet-stream', body: '' }
    const form = await read(intake, aForm([empty, field('a')]), { onlyPictures: true })
    expect(form.files).toEqual([])
    expect(form.field('a')).toBe('v')
  })

  test.each([
    ['filename="naïve.jpg"', 'naïve.jpg'],
    [`filename*=UTF-8''%e2%82%ac.jpg`, '€.jpg'],
    ['filename="../../etc/passwd"', 'passwd'],
    ['filename="a\\"b.jpg"', 'a_b.jpg'],
    ['filename=""', 'file'],
  ])('names its file: %s', async (said, name) => {
    const bytes = Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="f"; ${said}\r\n\r\nhello\r\n--${boundary}--\r\n`,
    )
    const form = await read(anIntake(), bytes)
    expect(form.files[0]?.received.name).toBe(name)
  })
})

const asField = ({ name, body }: { name: string; body: string }) => ({ name, value: body })

test('a form that is refused lets go of its body, and who reads on comes to its end', async () => {
  // Of a chunk that the parser cannot place any more: neither this nor a smaller one may be left standing.
  for (const chunk of [1000, 65_536, 3 * megabyte]) {
    const body = inChunks(aForm([file('a', Buffer.alloc(2 * megabyte, 'no picture'))]), chunk)
    const reading = anIntake({ stallMs: 120_000 }).form(
      { headers: { 'content-type': formType }, body },
      {
        maxBytes: 3 * megabyte,
        onlyPictures: true,
      },
    )
    await expect(reading).rejects.toEqual(failing('source-unsupported'))
    body.resume()
    await expect.poll(() => body.readableEnded).toBe(true)
  }
})

describe('a form is refused, and nothing of it stays,', () => {
  test('wherever it breaks off', async () => {
    const intake = anIntake({ stallMs: 30_000 })
    const whole = aForm([field('a'), file('f', randomBytes(500)), field('b'), file('g', randomBytes(500))])
    const end = whole.length - '--\r\n'.length
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: end }), async (cut) => {
        await expect(read(intake, whole.subarray(0, cut))).rejects.toEqual(failing('bad-body'))
      }),
      { numRuns: 150 },
    )
    expect(intake.files()).toEqual([])
  })

  test('however broken it is: never a hang, never a crash', async () => {
    const intake = anIntake({ stallMs: 30_000 })
    const whole = aForm([field('a'), file('f', randomBytes(300)), field('b')])
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(damage, async (places) => {
        const damaged = Buffer.from(whole)
        for (const [at, byte] of places) damaged[at] = byte
        const form = await read(intake, damaged).catch((thrown: unknown) => thrown)
        if (form instanceof Error) expect(form).toEqual(failing('bad-body'))
        else await (form as { discard(): Promise<void> }).discard()
      }),
      { numRuns: 150 },
    )
    expect(intake.files()).toEqual([])
  })

  test.each([
    ['no content type', undefined],
    ['another type', 'application/json'],
    ['no boundary', 'multipart/form-data'],
    ['an empty list of parameters', 'multipart/form-data; '],
    ['urlencoded', 'application/x-www-form-urlencoded'],
  ])('with %s', async (_, type) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const body = Readable.from([aForm([field('a')])])
    await expect(anIntake().form({ headers, body }, { maxBytes: 100 })).rejects.toEqual(failing('bad-body'))
  })

  test.each([
    ['a field that is too long', [field('a', 'x'.repeat(101))]],
    ['too many fields', Array.from({ length: 5 }, () => field('a'))],
    ['too many files', Array.from({ length: 3 }, () => file('f', randomBytes(10)))],
    ['a name that is too long', [field('x'.repeat(2000))]],
    ['headers that are too long', [field('x'.repeat(100_000))]],
    ['a file under a name that is too long', [file('x'.repeat(2000), randomBytes(10))]],
  ])('for %s', async (_, parts) => {
    const intake = anIntake()
    const limits = { maxFields: 4, maxFieldBytes: 100, maxFiles: 2 }
    await expect(
      read(intake, aForm([file('first', randomBytes(10)), ...parts].slice(parts.length > 2 ? 1 : 0)), limits),
    ).rejects.toEqual(failing('bad-body'))
    expect(intake.files()).toEqual([])
  })

  test('for one file too large, the others as well', async () => {
    const intake = anIntake()
    const bytes = aForm([file('a', randomBytes(50)), file('b', randomBytes(101)), file('c', randomBytes(50))])
    await expect(read(intake, bytes, { maxBytes: 100 })).rejects.toEqual(failing('source-too-large'))
    expect(intake.files()).toEqual([])
  })

  test('for one file that is no picture', async () => {
    const intake = anIntake()
    const bytes = aForm([file('a', await aJpeg()), file('b', Buffer.from('<html>'))])
    await expect(read(intake, bytes, { onlyPictures: true })).rejects.toEqual(failing('source-unsupported'))
    expect(intake.files()).toEqual([])
  })

  test('for a file in base64', async () => {
    const bytes = Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="f"; filename="a"\r\ncontent-transfer-encoding: base64\r\n\r\naGk=\r\n--${boundary}--\r\n`,
    )
    await expect(read(anIntake(), bytes)).rejects.toEqual(failing('bad-body'))
  })

  test('for a part without a name', async () => {
    const bytes = Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data\r\n\r\nx\r\n--${boundary}--\r\n`,
    )
    await expect(read(anIntake(), bytes)).rejects.toEqual(failing('bad-body'))
  })

  test('for more than its parts could be: a flood before, between or after them', async () => {
    const flood = Buffer.alloc(megabyte, 0x20)
    const form = aForm([field('a')])
    for (const bytes of [Buffer.concat([flood, form]), Buffer.concat([form, flood])])
      await expect(read(anIntake(), bytes, { maxBytes: 100, maxFiles: 1, maxFields: 4 })).rejects.toEqual(
        failing('bad-body'),
      )
  })

  test('when it is announced as longer than its parts may be', async () => {
    const headers = { 'content-type': formType, 'content-length': String(1e9) }
    const form = anIntake().form({ headers, body: new PassThrough() }, { maxBytes: 100 })
    await expect(form).rejects.toEqual(failing('source-too-large'))
  })
})

describe('over a real connection', () => {
  const receiving = (intake: Intake) =>
    aReceiver(async (request: IncomingMessage) => {
      const form = await intake.form({ headers: request.headers, body: request }, { maxBytes: megabyte })
      return { fields: form.fields, bytes: form.files.map(({ received }) => received.bytes) }
    })

  test('the forms of fetch are read', async () => {
    const intake = anIntake()
    const server = await receiving(intake)
    const form = new FormData()
    form.set('greeting', 'grüezi')
    form.set('picture', new File([randomBytes(300_000)], 'ä.png', { type: 'image/png' }))
    const response = await fetch(server.url, { method: 'POST', body: form })
    expect(await response.json()).toEqual({
      fields: [{ name: 'greeting', value: 'grüezi' }],
      bytes: [300_000],
    })
  })

  test('a client that goes silent within a file gets 408, and nothing stays', async () => {
    const intake = anIntake({ stallMs: 200 })
    const server = await receiving(intake)
    const client = await aRawClient(server.port)
    const form = aForm([file('f', randomBytes(200_000))])
    client.socket.write(Buffer.concat([Buffer.from(head(form.length, formType)), form.subarray(0, 100_000)]))
    await expect.poll(() => client.text()).toMatch(/^HTTP\/1\.1 408 /)
    await expect.poll(() => intake.files()).toEqual([])
  })

  test('a client that goes away within a file leaves nothing', async () => {
    const intake = anIntake()
    const server = await receiving(intake)
    const client = await aRawClient(server.port)
    const form = aForm([file('f', randomBytes(200_000))])
    client.socket.write(Buffer.concat([Buffer.from(head(form.length, formType)), form.subarray(0, 100_000)]))
    await expect.poll(() => intake.files().length).toBe(1)
    client.socket.destroy()
    await expect.poll(() => intake.files()).toEqual([])
  })

  test('twenty forms at once are twenty files', async () => {
    const intake = anIntake()
    const server = await receiving(intake)
    const form = aForm([file('f', randomBytes(900_000)), field('a')])
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(server.url, form)))
    expect(new Set(answers)).toEqual(
      new Set([JSON.stringify({ fields: [{ name: 'a', value: 'v' }], bytes: [900_000] })]),
    )
    expect(intake.files()).toHaveLength(20)
  })
})

const post = (url: string, body: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: 'POST', headers: { 'content-type': formType } },
      async (response) => {
        resolve(Buffer.concat(await response.toArray()).toString())
      },
    )
    sending.on('error', reject).end(body)
  })
