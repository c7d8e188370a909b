// Uploadcare's URL language: the same picture, asked in either language, is one key.
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EdgeSource, makeExact } from '../../edge/exact-request.ts'
import { colourNames } from '../../edge/languages/uploadcare/colours.ts'
import { uploadcareColours, uploadcareFaces, uploadcareFacts } from '../../edge/languages/uploadcare/facts.ts'
import { stepNames } from '../../edge/languages/uploadcare/operations.ts'
import { sizings } from '../../edge/languages/uploadcare/sizing.ts'
import { sign as signed } from '../../edge/languages/uploadcare/token.ts'
import { operationTables } from '../../edge/languages/uploadcare/words.ts'
import { sign } from '../../edge/signature.ts'
import { Failure } from '../../errors.ts'
import { plan } from '../../transforms/index.ts'
import { failureOf, kindOf } from '../refusals.ts'
import { photo } from '../transforms/language-arbitraries.ts'
import vectors from '../vectors/uploadcare.json' with { type: 'json' }

const id = '3c269810-c17b-4e2c-92b6-25622464d866'
const now = 1_800_000_000_000

const sourceWith = (keys: readonly string[], defaults = ''): ReadonlyMap<string, EdgeSource> =>
  new Map([['uploads', { signing: { scheme: 'hmac-sha256', keys }, defaults }]])

const exactly = (target: string, accept = '', sources = sourceWith([])) =>
  makeExact({ target, headers: { accept }, now }, sources)

describe('operations and the native query', () => {
  test.each(vectors.accepted)('$operations is $query', ({ operations, query }) => {
    for (const accept of ['', 'image/webp', 'image/avif,image/webp']) {
      const ours = exactly(`/uploads/${id}?${query}`, accept)
      const theirs = exactly(`/${id}/-/${operations}/`, accept)
      expect([theirs.path, theirs.vary]).toEqual([ours.path, ours.vary])
    }
  })
})

test('there are forty of them at least', () => {
  expect(vectors.accepted.length).toBeGreaterThanOrEqual(40)
})

test('the page of docs/ has every operation that is read, and no other', () => {
  const told = ['json', 'main_colors', 'detect_faces']
  const words = operationTables.flatMap((table) => table.words)
  const shown = words.filter(({ read }) => read).map(({ name }) => name)
  expect(shown.toSorted()).toEqual(
    [...stepNames, ...Object.keys(sizings), ...colourNames, ...told].toSorted(),
  )
  for (const { name } of words.filter(({ read }) => !read))
    expect(failureOf(() => exactly(`/${id}/-/preview/-/${name}/1/`)).details.option).toBe(name)
})

describe('operations that are refused', () => {
  test.each(vectors.refused)('$operations', ({ operations, option, message }) => {
    const failure = failureOf(() => exactly(`/${id}/-/${operations}/`))
    const { kind, details, message: said } = failure
    expect({ kind, option: details.option, message: said }).toEqual({
      kind: 'bad-option',
      option: option ?? undefined,
      message,
    })
  })
})

describe('an address', () => {
  const original = exactly(`/uploads/${id}?fm=original`).path

  test.each([
    [`/${id}/`, undefined],
    [`/${id}`, undefined],
    [`/${id.toUpperCase()}/`, undefined],
    [`/${id}/cat.jpg`, { name: 'cat.jpg' }],
    [`/${id}/K%C3%A4se.jpg`, { name: 'Käse.jpg' }],
    [`/${id}/-/inline/no/`, { as: 'attachment' }],
    [`/${id}/-/inline/yes/a.pdf`, { as: 'inline', name: 'a.pdf' }],
  ])('%s is the file itself', (target, saving) => {
    const exact = exactly(target)
    expect(exact.path).toBe(original)
    expect(exact.saving).toEqual(saving && { as: undefined, name: undefined, ...saving })
  })

  test('ends in a name, which makes no other picture', () => {
    const plain = exactly(`/${id}/-/preview/300x200/`)
    const named = exactly(`/${id}/-/preview/300x200/my%20cat.jpg?utm_source=a`)
    expect(named.path).toBe(plain.path)
    expect([plain.saving, named.saving?.name]).toEqual([undefined, 'my cat.jpg'])
    expect(exactly(`/${id}/-/preview`).path).toBe(exactly(`/${id}/-/preview/`).path)
  })

  test.each([
    ['gif2video/', 'fm=mp4'],
    ['gif2video/-/format/webm/', 'fm=webm'],
    ['gif2video/-/format/mp4/-/quality/best/', 'fm=mp4&q=92'],
    ['gif2video/-/resize/320x/-/format/mp4/', 'fm=mp4&w=320'],
    ['gif2video/-/setfill/ff0000/', 'fm=mp4&bg=f00'],
    ['gif2video/-/scale_crop/100x100/center/film.mp4', 'fm=mp4&w=100&h=100&fit=crop'],
    ['-/gif2video/', 'fm=mp4'],
  ])('/%s is a video of all frames, %s', (rest, query) => {
    expect(exactly(`/${id}/${rest}`).path).toBe(exactly(`/uploads/${id}?${query}`).path)
  })

  test.each([
    ['gif2video/-/format/jpeg/', 'Expected one of mp4, webm for format, received jpeg'],
    [
      'gif2video/-/format/',
      'Expected one of mp4, webm for format, received nothing (what no slash follows is a file name)',
    ],
    ['gif2video/3/', 'Expected no arguments for gif2video, received 3'],
    ['-/preview/-/gif2video/', 'gif2video stands before all operations'],
    ['-/preview/-/format/mp4/', 'Expected one of jpeg, png, webp, auto, preserve for format, received mp4'],
  ])('/%s is none', (rest, message) => {
    const failure = failureOf(() => exactly(`/${id}/${rest}`))
    expect([failure.kind, failure.message]).toEqual(['bad-option', message])
  })

  test.each([
    ['detect_faces/', 'fm=json&faces=true'],
    ['-/main_colors/3/', 'palette=json&colors=3'],
    ['-/main_colors/', 'palette=json&colors=5'],
  ])('/%s tells what %s tells, in their shape', (rest, query) => {
    const asked = exactly(`/${id}/${rest}`)
    expect([asked.path, typeof asked.reshape]).toEqual([exactly(`/uploads/${id}?${query}`).path, 'function'])
  })

  test.each([
    `/${id}/a/b`,
    `/${id}/%zz/`,
    `/${id}/-/preview/a%00b/`,
    `/${id}/${'-/preview/'.repeat(51)}`,
    `/${id}/-/preview/${'a'.repeat(5000)}`,
  ])('%s is none', (target) => {
    expect(failureOf(() => exactly(target)).kind).toBe('bad-address')
  })

  test('of another kind is left to the native language', () => {
    for (const target of ['/3c269810/-/preview/', `/${id}~3/nth/0/`, `/${id}x/`, `/uploads/${id}/-/preview/`])
      expect(['bad-address', 'unknown-source', undefined]).toContain(
        (() => {
          try {
            return exactly(target).spec.fit
          } catch (thrown) {
            return (thrown as Failure).kind
          }
        })(),
      )
  })

  test('takes quality and background from the source, but no size', () => {
    const sources = sourceWith([], 'q=50&w=10&h=20&fit=crop&bg=f00&fm=gif')
    const { spec } = exactly(`/${id}/-/resize/300x/`, '', sources)
    expect(spec).toMatchObject({ width: { px: 300 }, quality: 50, background: { r: 255 } })
    expect(spec).not.toHaveProperty('height')
    expect(exactly(`/${id}/-/resize/300x/-/quality/best/`, '', sources).spec.quality).toBe(92)
  })
})

test('whatever is written, it is a picture or a refusal', () => {
  const words = [...new Set(vectors.accepted.flatMap(({ operations }) => operations.split('/')))]
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words, '', '-', '0', '%20', '9999x'), { maxLength: 14 }),
      (parts) => {
        const target = `/${id}/-/${parts.join('/')}`
        try {
          expect(exactly(target).path).toMatch(new RegExp(`^/uploads/${id}\\?`))
        } catch (thrown) {
          if (!(thrown instanceof Failure)) throw thrown
          expect(['bad-option', 'bad-address']).toContain(thrown.kind)
        }
      },
    ),
    { numRuns: 2000 },
  )
})

test('sizing operations in a row give the size that they give one after the other', () => {
  const side = fc.integer({ min: 200, max: 1500 })
  const step = fc.oneof(
    fc.tuple(side, side).map(([w, h]) => `preview/${w}x${h}`),
    side.map((w) => `resize/${w}x`),
    side.map((h) => `resize/x${h}`),
    side.map((w) => `stretch/off/-/resize/${w}x/-/stretch/on`),
    fc.constantFrom('preview', 'rotate/90', 'scale_crop/500x600/center', 'resize/700x300', 'crop/3:2'),
    fc.constant('stretch/off/-/scale_crop/76x76/center/-/stretch/on'),
  )
  type Size = readonly [width: number, height: number]
  const sizeAfter = ([width, height]: Size, operations: string): Size => {
    const made = plan(exactly(`/${id}/-/${operations}/`).spec, photo({ width, height }))
    return [made.width, made.height]
  }
  const alone = (operation: string) =>
    /resize|preview|scale_crop/.test(operation) ? operation : `${operation}/-/preview/8000x8000`
  let joined = 0
  fc.assert(
    fc.property(
      fc.integer({ min: 600, max: 2000 }),
      fc.double({ min: 0.25, max: 4, noNaN: true }),
      fc.array(step, { minLength: 2, maxLength: 4 }),
      (width, ratio, steps) => {
        const source: Size = [width, Math.round(width / ratio)]
        let together: Size
        try {
          together = sizeAfter(source, steps.join('/-/'))
        } catch (thrown) {
          expect((thrown as Failure).message).toMatch(/is not supported|is needed/)
          return
        }
        joined += 1
        const inTurn = steps.reduce<Size>((size, one) => sizeAfter(size, alone(one)), source)
        // Each step rounds for itself.
        for (const axis of [0, 1] as const)
          expect(Math.abs(together[axis] - inTurn[axis])).toBeLessThanOrEqual(2 + inTurn[axis] / 50)
      },
    ),
    { numRuns: 3000 },
  )
  expect(joined).toBeGreaterThan(1000)
})

test('turns and mirrors in a row are the one that they come to', () => {
  const step = fc.constantFrom('rotate/90', 'rotate/180', 'rotate/270', 'mirror', 'flip')
  // The point (x, y) of a square, followed by hand; rotation is counter-clockwise.
  const moves: Record<string, (p: readonly [number, number]) => readonly [number, number]> = {
    'rotate/90': ([x, y]) => [y, -x],
    'rotate/180': ([x, y]) => [-x, -y],
    'rotate/270': ([x, y]) => [-y, x],
    mirror: ([x, y]) => [-x, y],
    flip: ([x, y]) => [x, -y],
  }
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      const { spec } = exactly(`/${id}/-/resize/300x/${steps.map((one) => `-/${one}/`).join('')}`)
      const expected = steps.reduce((at, one) => moves[one]?.(at) ?? at, [1, 2] as readonly [number, number])
      let at: readonly [number, number] = [1, 2]
      if (spec.flip === 'h') at = [-at[0], at[1]]
      if (spec.flip === 'v') at = [at[0], -at[1]]
      for (let turn = 0; turn < (spec.rotation ?? 0); turn += 90) at = [at[1], -at[0]]
      expect(at.map((value) => value + 0)).toEqual(expected.map((value) => value + 0))
    }),
  )
})

describe('signed delivery', () => {
  const key = '00112233445566778899aabbccddeeff'
  const path = `/${id}/-/preview/50%25x50p/`
  const token = (fields: string, over = fields, by = key) =>
    `token=${fields}~hmac=${createHmac('sha256', Buffer.from(by, 'hex')).update(over).digest('hex')}`
  const acl = (list: string, exp = 1_900_000_000) => token(`exp=${exp}~acl=${list}`)
  const kindFor = (target: string, keys = [key]) => kindOf(() => exactly(target, '', sourceWith(keys)))

  test('signs as the reference does', () => {
    expect(signed(key, `exp=1900000000~acl=/${id}/`)).toBe(
      '8c5c5586fde95bbbdf920fb2e3399c6892015be349811638a008437f176530bb',
    )
  })

  test.each([
    ['the file itself', `/${id}/?${acl(`/${id}/`)}`, 'passes'],
    ['the file itself, encoded', `/${id}/?${acl(`/${id}/`).replaceAll('/', '%2F')}`, 'passes'],
    ['all of the file', `/${id}/-/preview/?${acl(`/${id}/*`)}`, 'passes'],
    ['another operation', `/${id}/-/preview/?${acl(`/${id}/`)}`, 'bad-signature'],
    ['another file', `/${id}/?${acl('/aaaaaaaa-c17b-4e2c-92b6-25622464d866/')}`, 'bad-signature'],
    ['a past moment', `/${id}/?${acl(`/${id}/`, 1_700_000_000)}`, 'expired'],
    [
      'a longer life than was signed',
      `/${id}/?${acl(`/${id}/`).replace('exp=19', 'exp=20')}`,
      'bad-signature',
    ],
    ['nothing', `/${id}/`, 'bad-signature'],
    ['no token', `/${id}/?token=`, 'bad-signature'],
    ['half a token', `/${id}/?token=exp=1900000000~acl=/*`, 'bad-signature'],
  ])('a token for %s', (_, target, kind) => {
    expect(kindFor(target)).toBe(kind)
  })

  test('a token for one address covers no other', () => {
    const url = encodeURIComponent(`/${id}/-/resize/300x/a,b.jpg`)
      .replaceAll('%2C', ',')
      .replace(/%../g, (code) => code.toLowerCase())
    const query = token('exp=1900000000', `exp=1900000000~url=${url}`)
    expect(kindFor(`/${id}/-/resize/300x/a,b.jpg?${query}`)).toBe('passes')
    expect(kindFor(`/${id}/-/resize/301x/a,b.jpg?${query}`)).toBe('bad-signature')
  })

  test('either of two secrets may have signed, and no third', () => {
    const target = `/${id}/?${acl(`/${id}/`)}`
    expect(kindFor(target, ['ffffffffffffffffffffffffffffffff', key])).toBe('passes')
    expect(kindFor(target, ['ffffffffffffffffffffffffffffffff'])).toBe('bad-signature')
  })

  test('our own signature is as good, and ends when it says', () => {
    const signing = { scheme: 'hmac-sha256', keys: [key] } as const
    const plain = `/${id}/-/preview/`
    expect(kindFor(sign(plain, signing))).toBe('passes')
    expect(kindFor(sign(`${plain}?expires=1900000000`, signing))).toBe('passes')
    expect(kindFor(sign(`${plain}?expires=1700000000`, signing))).toBe('expired')
    expect(kindFor(path)).toBe('bad-signature')
  })

  test('what is signed for a while is not kept by anybody beyond it', () => {
    expect(exactly(`/${id}/?${acl(`/${id}/`)}`, '', sourceWith([key])).expires).toBe(1_900_000_000)
  })
})

test('faces and colours are told in their shape', () => {
  const answerOf = (document: unknown) => ({
    status: 200,
    headers: {},
    body: Buffer.from(JSON.stringify(document)),
  })
  const box = { x: 10, y: 20, width: 30, height: 40, score: 0.9 }
  expect(JSON.parse(uploadcareFaces(answerOf({ faces: [box] })).body.toString())).toEqual([[10, 20, 30, 40]])
  const red = { red: 1, green: 0.2, blue: 0, hex: '#ff3300', share: 1 }
  expect(JSON.parse(uploadcareColours(answerOf({ colors: [red] })).body.toString())).toEqual({
    main_colors: [[255, 51, 0]],
  })
})

test('facts are told in their shape', () => {
  const native = {
    ...{ format: 'jpeg', type: 'image/jpeg', width: 40, height: 60, stored: { width: 60, height: 40 } },
    ...{ orientation: 6, pages: 1, animated: false, alpha: false, space: 'rgb' },
  }
  const body = Buffer.from(JSON.stringify(native))
  const headers = { etag: '"abc"', 'content-type': 'application/json', 'content-length': '1' }
  const answer = uploadcareFacts({ status: 200, headers, body }, id)
  expect(JSON.parse(answer.body.toString())).toEqual({
    ...{ id, dpi: null, width: 60, height: 40, format: 'JPEG', sequence: false, color_mode: 'RGB' },
    ...{ orientation: 6, geo_location: null, datetime_original: null, hash: null, blurhash: null },
  })
  expect(answer.headers).toMatchObject({ etag: '"abc-u"', 'content-length': String(answer.body.length) })
  const missing = { status: 404, headers: {}, body: Buffer.from('no JSON') }
  expect(uploadcareFacts(missing, id)).toBe(missing)
})
