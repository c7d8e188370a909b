// The URL languages in the configuration file.
import { expect, test } from 'vitest'
import { wellKnownPrefixes } from '../../config/languages.ts'
import { type ConfigFault, makeConfig, type WrittenConfig } from '../../config.ts'
import { definitions } from '../../edge/languages/registry.ts'

const written = (languages: object): WrittenConfig => ({
  sources: { photos: { folder: '/srv/photos' } },
  languages: languages as NonNullable<WrittenConfig['languages']>,
})

function faultsOf(languages: object): readonly string[] {
  try {
    makeConfig(written(languages), {})
    return []
  } catch (thrown) {
    return (thrown as ConfigFault).faults
  }
}

test('a language is mounted by its name, at its well-known path', () => {
  const { languages } = makeConfig(written({ cloudflare: true, next: { source: 'photos' }, ipx: false }), {})
  expect(languages).toEqual({
    cloudflare: { prefix: '/cdn-cgi/image', hosts: [] },
    next: { prefix: '/_next/image', hosts: [], source: 'photos' },
  })
})

test('the paths that the configuration knows are those of the languages', () => {
  const prefixes = Object.entries(definitions).map(([name, { prefix }]) => [name, prefix])
  expect(Object.fromEntries(prefixes)).toEqual(wellKnownPrefixes)
})

test.each([
  [{ imagor: true }, /^languages\.imagor: expected one of cloudflare, imgproxy/],
  [{ ipx: { prefix: 'images' } }, /^languages\.ipx\.prefix: expected a path such as/],
  [{ ipx: { prefix: '/images/' } }, /^languages\.ipx\.prefix: expected a path such as/],
  [{ ipx: { prefix: '/v1' } }, /reserved/],
  [{ ipx: { prefix: '/photos' } }, /there is a source of this name/],
  [
    { ipx: { prefix: '/same' }, weserv: { prefix: '/same' } },
    /^languages\.weserv\.prefix: it is that of languages\.ipx/,
  ],
  [
    { ipx: { hosts: ['a.example'] }, weserv: { hosts: ['a.example'] } },
    /^languages\.weserv\.hosts: a\.example/,
  ],
  [{ ipx: { hosts: ['https://a.example'] } }, /^languages\.ipx\.hosts\.0: expected a host/],
  [{ ipx: { source: 'other' } }, /^languages\.ipx: there is no source 'other'/],
  [{ ipx: { sources: { 's3://x/': 'other' } } }, /^languages\.ipx: there is no source 'other'/],
  [{ ipx: { keys: ['a'] } }, /^languages\.ipx: /],
  [{ imgproxy: { keys: [{ key: 'xyz', salt: '00' }] } }, /^languages\.imgproxy\.keys\.0\.key: expected hex/],
  [{ imgproxy: { encryptionKey: '0011' } }, /expected hex of 16, 24 or 32 bytes/],
  [
    { thumbor: { keys: ['short'] } },
    /^languages\.thumbor\.keys\.0: expected a key of at least 8 characters$/,
  ],
  [{ next: { deviceSizes: [0] } }, /^languages\.next\.deviceSizes\.0/],
  [{ next: { remotePatterns: [{ pathname: '/**' }] } }, /^languages\.next\.remotePatterns\.0\.hostname/],
  [{ next: { minimumCacheTTL: 60 } }, /^languages\.next\.minimumCacheTTL: the source says how long/],
  [{ next: { dangerouslyAllowSVG: true } }, /^languages\.next\.dangerouslyAllowSVG: an SVG is drawn here/],
])('%j is a fault', (languages, fault) => {
  expect(faultsOf(languages).join('\n')).toMatch(fault)
})
