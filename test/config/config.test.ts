import { describe, expect, test } from 'vitest'
import type { WrittenSource } from '../../config/sources.ts'
import { ConfigFault, type Environment, makeConfig, type WrittenConfig } from '../../config.ts'

const faultsOf = (written: WrittenConfig, environment: Environment = {}): readonly string[] => {
  try {
    makeConfig(written, environment)
    return []
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults
    throw error
  }
}

describe('the configuration', () => {
  test('needs nothing: one process with every tier on loopback', () => {
    const config = makeConfig({}, {})
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      roles: ['edge', 'shield', 'origin', 'api', 'processor'],
      edgeMemoryBytes: 256e6,
    })
  })

  test.each([
    ['a small container', 512e6, { edgeMemoryBytes: 74_898_286, workers: 1, optimiseWorkers: 1 }],
    ['a machine', 8e9, { edgeMemoryBytes: 256e6, workers: 4, optimiseWorkers: 4 }],
  ])('caches and workers fit into the memory of %s', (_, memoryBytes, expected) => {
    expect(makeConfig({}, {}, { cores: 4, memoryBytes })).toMatchObject(expected)
    const said = makeConfig({}, { HALFTONE_MEMORY: String(memoryBytes) }, { cores: 4, memoryBytes: 64e9 })
    expect(said).toMatchObject(expected)
  })

  test('all caches in memory take at most 0.4 of it', () => {
    const config = makeConfig({}, {}, { cores: 4, memoryBytes: 1e9 })
    const { edgeMemoryBytes, shieldMemoryBytes, resultMemoryBytes, sourceMemoryBytes } = config
    const all = edgeMemoryBytes + shieldMemoryBytes + resultMemoryBytes + sourceMemoryBytes
    expect(all / 1e9).toBeGreaterThan(0.3)
    expect(all / 1e9).toBeLessThanOrEqual(0.4)
    expect(makeConfig({ edgeMemoryBytes: '1GB' }, {}, { cores: 4, memoryBytes: 1e9 }).edgeMemoryBytes).toBe(
      1e9,
    )
  })

  test('the environment wins over the file; an empty variable is not set', () => {
    expect(makeConfig({ port: 1 }, { PORT: '2' }).port).toBe(2)
    expect(makeConfig({ port: 1 }, { PORT: '' }).port).toBe(1)
  })

  test.each([
    ['64MB', 64e6],
    ['1GiB', 2 ** 30],
    ['1.5 kB', 1500],
    [12, 12],
  ])('bytes may be written %s', (written, bytes) => {
    expect(makeConfig({ edgeMemoryBytes: written }, {}).edgeMemoryBytes).toBe(bytes)
  })

  test.each([
    ['10s', 10_000],
    ['1500', 1500],
    ['2h', 7_200_000],
  ])('durations may be written %s', (written, ms) => {
    expect(makeConfig({}, { HALFTONE_DRAIN: written }).drainMs).toBe(ms)
  })

  test('all faults are reported together, each by the name it was written under', () => {
    const faults = faultsOf(
      {
        edgeMemoryBytes: 'lots',
        colour: 'red',
        sources: {
          'Bad Name': { folder: '/srv' },
          empty: {} as never,
          shop: { site: 'ftp://shop.example' },
          web: { hosts: [] },
        },
      } as WrittenConfig,
      { PORT: '99999', HALFTONE_ROLES: 'edge,moon', HALFTONE_KEYS_SHOP: 'short' },
    )
    expect(faults).toEqual([
      "PORT: expected an integer from 0 to 65535, received '99999'",
      "HALFTONE_ROLES: expected edge, shield, origin, api or processor, received 'moon'",
      "edgeMemoryBytes: expected bytes such as 64MB or 1GiB, received 'lots'",
      'sources.Bad Name: expected a name of a-z, 0-9, - and _, at most 63 characters',
      'sources.empty: expected one of folder, site, hosts or bucket',
      'sources.shop.keys.0: expected a secret of at least 16 characters',
      "sources.shop.site: expected an http:// or https:// URL, received 'ftp://shop.example'",
      'sources.web.hosts: expected at least one host',
      'colour: there is no such setting',
    ])
  })

  test.each<[string, WrittenSource, string]>([
    [
      'an option of `defaults` that no URL could have either',
      { folder: '/srv', defaults: 'w=abc' },
      'defaults: Expected ',
    ],
    [
      'a misspelt option of `defaults`',
      { folder: '/srv', defaults: 'auto=format&qaulity=70' },
      "defaults: There is no option 'qaulity'",
    ],
    [
      'options of `defaults` that contradict each other',
      { folder: '/srv', defaults: 'lossless=true&fm=jpg' },
      'defaults: Expected fm=webp',
    ],
    [
      'an option of `defaults` that is not done',
      { folder: '/srv', defaults: 'bg-remove=true' },
      'defaults: bg-remove is not supported',
    ],
    [
      'a private address that is none',
      { site: 'http://a.example', allowAddresses: ['10.0.0.0/99'] },
      'allowAddresses.0: expected addresses such as',
    ],
    ['a host that is none', { hosts: ['http://a.example/x'] }, 'hosts.0: expected a host'],
    [
      'a header that would break its request',
      { site: 'http://a.example', headers: { authorization: 'Bearer a\nb' } },
      'headers.authorization: expected the value of a header',
    ],
    [
      'a fallback of a source that is not there',
      { folder: '/srv', fallback: '/lgoos/none.png' },
      "fallback: there is no source 'lgoos'",
    ],
  ])('%s is a fault', (_what, source, fault) => {
    expect(faultsOf({ sources: { shop: source } })).toEqual([
      expect.stringContaining(`sources.shop.${fault}`),
    ])
  })

  test.each(['HALFTONE_KEYS_SOHP', 'HALFTONE_KEYS_shop', 'HALFTONE_KEYS_SAMPLES', 'HALFTONE_KEYS_'])(
    '%s names no source: it would leave open what was to be signed',
    (name) => {
      const sources = { shop: { folder: '/srv' } }
      const faults = faultsOf({ sources }, { [name]: 'a-key-of-sixteen+' })
      expect(faults).toEqual([`${name}: there is no source of this name, so these keys would sign nothing`])
    },
  )

  test('keys of a source elsewhere mean nothing to a process that verifies no signature', () => {
    const environment = { HALFTONE_ROLES: 'api,processor', HALFTONE_KEYS_SHOP: 'a-key-of-sixteen+' }
    expect(faultsOf({}, environment)).toEqual([])
  })

  test.each<[string, Environment, string]>([
    ['an edge alone needs somebody to ask', { HALFTONE_ROLES: 'edge' }, 'HALFTONE_SHIELDS'],
    ['a shield alone needs an origin', { HALFTONE_ROLES: 'shield' }, 'HALFTONE_ORIGINS'],
    [
      'an origin in public needs a secret',
      { HALFTONE_ROLES: 'origin', HOST: '0.0.0.0' },
      'HALFTONE_TIER_SECRET',
    ],
  ])('%s', (_, environment, variable) => {
    expect(faultsOf({}, environment)).toEqual([expect.stringContaining(variable)])
  })

  test('signing keys come from the environment and never appear in a fault', () => {
    const environment = { HALFTONE_KEYS_MY_PHOTOS: 'a-key-of-sixteen+,another-key-of-it' }
    const config = makeConfig({ sources: { 'my-photos': { folder: '/srv' } } }, environment)
    expect(config.sources.get('my-photos')?.keys).toEqual(['a-key-of-sixteen+', 'another-key-of-it'])
    for (const written of ['tooshort', 'long-enough-to-be-one,tooshort']) {
      const faults = faultsOf({}, { HALFTONE_TIER_SECRET: written })
      expect(faults).toEqual([expect.stringContaining('HALFTONE_TIER_SECRET')])
      expect(faults.join()).not.toContain('tooshort')
    }
  })

  test('two secrets between tiers are valid at once, the one that is shown first', () => {
    const { tierSecret } = makeConfig({}, { HALFTONE_TIER_SECRET: 'the-newer-secret, the-older-secret' })
    expect(tierSecret).toEqual(['the-newer-secret', 'the-older-secret'])
  })

  test('uploads are signed as soon as there are keys for them, also where nothing else is written', () => {
    const environment = { HALFTONE_KEYS_UPLOADS: 'a-key-of-sixteen+' }
    expect(makeConfig({}, environment).sources.get('uploads')?.keys).toEqual(['a-key-of-sixteen+'])
    const written = { sources: { uploads: { defaults: 'q=auto' } } }
    const uploads = makeConfig(written, environment).sources.get('uploads')
    expect(uploads).toMatchObject({ keys: ['a-key-of-sixteen+'], defaults: 'q=auto' })
    expect(makeConfig({}, {}).sources.has('uploads')).toBe(false)
  })

  test('a bucket is a source of its own kind, with a folder that ends in a slash', () => {
    const bucket = { kind: 'folder', dir: '/srv' } as const
    const { sources } = makeConfig({ sources: { shop: { bucket, prefix: 'a/b/' } } }, {})
    expect(sources.get('shop')).toMatchObject({ bucket, prefix: 'a/b/' })
    for (const prefix of ['a', '/a/', 'a//b/'])
      expect(faultsOf({ sources: { shop: { bucket, prefix } } }, {})).toEqual([
        'sources.shop.prefix: expected a folder such as photos/2026/',
      ])
  })

  test('an identifier of an upload is no name', () => {
    const name = '3c269810-c17b-4e2c-92b6-25622464d866'
    expect(faultsOf({ sources: { [name]: { folder: '/srv' } } }, {})).toHaveLength(1)
  })
})
