// What real-looking addresses of other services become: 200 of each, written as their documentation writes them.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { guess, migrate, type Origin, origins } from '../../cli/migration.ts'
import { languageNames } from '../../edge/languages/registry.ts'
import { parseHostRule } from '../../fetch/hosts.ts'
import { aSpeaker, mountOf } from '../edge/spoken.ts'

const hosts = ['images.example.com', '*.example.net', '*.elsewhere.example'].map(parseHostRule)
const web = [
  { source: 'shop', base: 'https://assets.example.org/', hosts: [] },
  { source: 'web', hosts },
] as const
const mounts = languageNames.map((name) => mountOf(name))
const speaker = aSpeaker(mounts, web)

const listOf = (name: Origin): readonly string[] =>
  readFileSync(new URL(`../fixtures/migration/${name}.txt`, import.meta.url), 'utf8')
    .trim()
    .split('\n')

describe.each(origins)('%s', (from) => {
  const urls = listOf(from)
  const migrations = urls.map((url) => migrate(url, from, { mounts, web }))

  test('there are two hundred, and each looks like what it is', () => {
    expect(new Set(urls).size).toBe(200)
    expect(urls.filter((url) => guess(url) !== from)).toEqual([])
  })

  test('every one is read, and most lack nothing', () => {
    expect(migrations.filter(({ native }) => native === undefined).map(({ missing }) => missing)).toEqual(
      migrations.filter(({ native }) => native === undefined).map(() => [expect.stringMatching(/\w/)]),
    )
    const whole = migrations.filter(({ missing }) => missing.length === 0)
    // The others ask for what is not done, or for what is not configured, or their own language refuses them as well.
    expect(whole.length).toBeGreaterThan(150)
  })

  test('where nothing lacks, the native address is the same picture', () => {
    for (const { native, mounted, missing, configure } of migrations) {
      if (missing.length > 0 || configure.length > 0 || !native || !mounted || from === 'imgix') continue
      // What another has signed is not looked at: no keys are configured here.
      expect([mounted, speaker.exactly(native, 'image/webp').path]).toEqual([
        mounted,
        speaker.exactly(mounted, 'image/webp').path,
      ])
    }
  })
})

describe('one address', () => {
  const context = { mounts: [], web }

  test('says all that is missing, and not only the first', () => {
    const url = 'https://res.cloudinary.com/demo/image/upload/c_fill_pad,w_640,e_cartoonify/u_logo/v1/cat.jpg'
    const { missing, native } = migrate(url, guess(url), context)
    expect(missing).toEqual([
      'c=fill_pad is not supported',
      'e_cartoonify is not supported',
      'u is not supported',
    ])
    expect(native).toMatch(/w=640/)
  })

  test('says what is to be configured', () => {
    const url = 'https://wsrv.nl/?url=nowhere.example/a.jpg&w=300'
    const { configure, native } = migrate(url, guess(url), context)
    expect(configure).toEqual([
      'languages: { weserv: true }',
      "No source is configured for http://nowhere.example/: a source such as { site: 'http://nowhere.example/' } or { hosts: ['nowhere.example'] }",
    ])
    expect(native).toBe('/web/http%3A%2F%2Fnowhere.example%2Fa.jpg?w=300&frame=1')
  })

  test('on the site of a source is found there', () => {
    const url = 'https://assets.example.org/cdn-cgi/image/width=640/a/b.jpg'
    const { configure, native } = migrate(url, guess(url), context)
    expect(native).toBe('/shop/a/b.jpg?w=640&fit=max')
    expect(configure).toContain("languages: { cloudflare: { source: 'shop' } }")
  })

  test('says what differs, where its value is one that does', () => {
    const differs = (options: string) =>
      migrate(`https://assets.example.org/cdn-cgi/image/${options}/a.jpg`, 'cloudflare', context).differs
    expect(differs('width=640')).toEqual([])
    expect(differs('width=auto')).toEqual([expect.stringMatching(/^width: .*Sec-CH-Width/)])
  })
})
