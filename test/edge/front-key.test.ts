// The key of a front: equal keys mean equal answers, and what is refused early would be refused anyway.
import { expect, test } from 'vitest'
import { type EdgeSource, type ExactRequest, makeExact } from '../../edge/exact-request.ts'
import { type FrontRequest, readFrontRequest } from '../../edge/front-key.ts'
import { asFailure } from '../../errors.ts'
import { revision } from '../../transforms/index.ts'
import vectors from '../vectors/front-keys.json' with { type: 'json' }
import { type Asked, frontRequests, frontSources } from './front-requests.ts'

const signing = { scheme: 'hmac-sha256' as const, keys: [] }
const sources = new Map<string, EdgeSource>(
  Object.entries(frontSources).map(([name, source]) => [name, { signing, ...source }]),
)
const front = ({ target, headers }: Asked): FrontRequest => readFrontRequest(target, headers, sources)

/** All that shapes an answer of 200, or the kind of failure. */
function outcomeOf({ target, headers }: Asked): unknown {
  try {
    const exact = makeExact({ target, headers, now: 1_800_000_000_000 }, sources)
    const { path, vary, saving, expires }: ExactRequest = exact
    return { path, vary, saving, expires }
  } catch (thrown) {
    return asFailure(thrown).kind
  }
}

const asked = frontRequests(15_000, 7)

test('the vectors are what this function says, in this revision', () => {
  expect(vectors.revision).toBe(revision)
  for (const { target, headers, is } of vectors.cases)
    expect({ target, headers, is: front({ target, headers: headers as Asked['headers'] }) }).toEqual({
      target,
      headers,
      is,
    })
})

test('equal keys have equal answers', () => {
  const seen = new Map<string, { readonly outcome: unknown; readonly target: string }>()
  let shared = 0
  for (const request of asked) {
    const read = front(request)
    if (read.is !== 'picture') continue
    const outcome = outcomeOf(request)
    // Failures of an address are not kept, so their kinds and words may differ; a success may not stand beside one.
    const comparable = typeof outcome === 'string' ? 'refused' : outcome
    const before = seen.get(read.key)
    if (before) shared++
    else seen.set(read.key, { outcome: comparable, target: request.target })
    expect({ key: read.key, ...request, outcome: comparable, before: before?.target }).toEqual({
      key: read.key,
      ...request,
      outcome: before?.outcome ?? comparable,
      before: before?.target,
    })
  }
  expect(shared).toBeGreaterThan(1000)
})

test('the place of a picture is its canonical path, where it says so', () => {
  for (const request of asked) {
    const read = front(request)
    const outcome = outcomeOf(request)
    if (read.is === 'picture' && read.isExact && typeof outcome === 'object')
      expect((outcome as ExactRequest).path.split('?')[0]).toBe(read.place)
  }
})

test('what is refused here, the edge refuses too', () => {
  const kinds = new Set(['bad-address', 'unknown-source'])
  for (const request of asked) {
    const read = front(request)
    if (read.is === 'refused' && read.why !== 'target-too-long')
      expect(kinds.has(String(outcomeOf(request)))).toBe(true)
  }
})

test('a link that expires is known as such, and never kept', () => {
  for (const request of asked) {
    const read = front(request)
    const outcome = outcomeOf(request)
    if (read.is !== 'picture' || typeof outcome !== 'object') continue
    const { expires } = outcome as ExactRequest
    expect(read.expires).toBe(expires)
    if (expires !== undefined) expect(read.isKept).toBe(false)
  }
})

const keyOf = (target: string, headers: Asked['headers'] = {}): string => {
  const read = front({ target, headers })
  return read.is === 'picture' ? read.key : read.is
}

test.each([
  ['order', '/photos/cat.jpg?w=640&h=480', '/photos/cat.jpg?h=480&w=640'],
  ['tracking keys', '/photos/cat.jpg?w=640', '/photos/cat.jpg?utm_source=mail&w=640&fbclid=x'],
  ['letter case', '/photos/cat.jpg?w=640', '/photos/cat.jpg?W=640'],
  ['aliases', '/photos/cat.jpg?w=640', '/photos/cat.jpg?width=640'],
  ['signatures', '/photos/cat.jpg?w=640', '/photos/cat.jpg?w=640&s=abc'],
  ['what a source presets', '/shop/cat.jpg', '/shop/cat.jpg?w=300'],
  ['spellings of a file', '/named//c%C3%A4t.jpg', '/named/c%c3%a4t.jpg'],
])('%s: one key', (_, one, other) => {
  expect(keyOf(other)).toBe(keyOf(one))
})

test('spellings of Accept share a key, classes do not', () => {
  const target = '/photos/cat.jpg?auto=format'
  const of = (accept: string) => keyOf(target, { accept })
  expect(of('image/webp,image/avif')).toBe(of('image/avif,image/webp,*/*;q=0.8'))
  expect(new Set([of('*/*'), of('image/webp'), of('image/avif'), of('image/avif,image/webp')]).size).toBe(4)
  expect(keyOf('/photos/cat.jpg', { accept: 'image/webp' })).toBe(keyOf('/photos/cat.jpg'))
})

test('hints count where the address asks for them', () => {
  expect(keyOf('/photos/cat.jpg?ch=Width', { width: '630' })).toBe(
    keyOf('/photos/cat.jpg?ch=Width', { 'sec-ch-width': '635' }),
  )
  expect(keyOf('/photos/cat.jpg?ch=Width', { width: '630' })).not.toBe(
    keyOf('/photos/cat.jpg?ch=Width', { width: '900' }),
  )
  expect(keyOf('/photos/cat.jpg', { width: '630', dpr: '2', 'save-data': 'on' })).toBe(
    keyOf('/photos/cat.jpg'),
  )
})

test('what begins as another language is mounted is passed on, whatever it says', () => {
  const read = (target: string) => readFrontRequest(target, {}, sources, ['/cdn-cgi/image', '/img']).is
  expect(['/cdn-cgi/image/width=9/photos/a.jpg', '/img/..%2f', '/photos/a.jpg'].map(read)).toEqual([
    'passed',
    'passed',
    'picture',
  ])
})
