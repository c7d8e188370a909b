// What a page of Next.js may ask for: the patterns of next.config.js, as its own server reads them.
import { describe, expect, test } from 'vitest'
import { type AllowedSources, allowing } from '../../edge/languages/next/patterns.ts'
import { failureOf } from '../refusals.ts'
import { aSpeaker, mountOf } from './spoken.ts'

const remotePatterns = [
  { protocol: 'https', hostname: '**.example.net', pathname: '/media/**' },
  { hostname: '*.example.org', port: '', search: '' },
] as const

const cases: readonly (readonly [url: string, allowed: AllowedSources, isFine: boolean])[] = [
  ['/cats/tom.jpg', {}, true],
  ['/cats/tom.jpg', { localPatterns: [{ pathname: '/cats/**' }] }, true],
  ['/dogs/rex.jpg', { localPatterns: [{ pathname: '/cats/**' }] }, false],
  ['/cats/a/tom.jpg', { localPatterns: [{ pathname: '/cats/*' }] }, false],
  ['/cats/tom.jpg?v=1', { localPatterns: [{ pathname: '/cats/**', search: '' }] }, false],
  ['/cats/tom.jpg?v=1', { localPatterns: [{ search: '?v=1' }] }, true],
  ['/cats/tom.jpg', { localPatterns: [] }, false],
  ['/cats/tomXjpg', { localPatterns: [{ pathname: '/cats/tom.jpg' }] }, false],
  ['/\\[', { localPatterns: [{ pathname: '/cats/**' }] }, false],
  ['https://cdn.example.net/media/a.jpg', {}, true],
  ['https://cdn.example.net/media/a.jpg', { remotePatterns }, true],
  ['https://a.b.example.net/media/x/a.jpg', { remotePatterns }, true],
  ['http://cdn.example.net/media/a.jpg', { remotePatterns }, false],
  ['https://cdn.example.net/a.jpg', { remotePatterns }, false],
  ['https://example.net/media/a.jpg', { remotePatterns }, false],
  ['http://cdn.example.org/a.jpg', { remotePatterns }, true],
  ['http://a.cdn.example.org/a.jpg', { remotePatterns }, false],
  ['http://cdn.example.org:8080/a.jpg', { remotePatterns }, false],
  ['http://cdn.example.org/a.jpg?b', { remotePatterns }, false],
  ['https://cdn.example.net.evil.example/media/a.jpg', { remotePatterns }, false],
  ['https://old.example/a.jpg', { domains: ['old.example'] }, true],
  ['https://a.old.example/a.jpg', { domains: ['old.example'] }, false],
]

describe('an address', () => {
  test.each(cases)('%s under %j: %s', (url, allowed, isFine) => {
    expect(allowing(allowed)(url)).toBe(isFine)
  })
})

test('one that is not allowed is refused by name, although a source has it', () => {
  const { exactly } = aSpeaker([mountOf('next', { remotePatterns })])
  const ask = (url: string) => () => exactly(`/_next/image?url=${encodeURIComponent(url)}&w=640&q=75`)
  expect(ask('https://cdn.example.net/media/a.jpg')().path).toMatch(/^\/web\//)
  const { kind, details } = failureOf(ask('https://cdn.example.net/a.jpg'))
  expect([kind, details.option]).toEqual(['bad-option', 'url'])
})
