// Other languages by example: each address means the native query beside it, so that both are one key.
import { readFileSync } from 'node:fs'
import * as unpic from 'unpic'
import { describe, expect, test } from 'vitest'
import { createLanguages } from '../../edge/languages/index.ts'
import { definitions, languageNames } from '../../edge/languages/registry.ts'
import { isDone, type Word } from '../../edge/languages/shared/words.ts'
import { purgesOf } from '../../edge/purges.ts'
import { failureOf } from '../refusals.ts'
import { aSpeaker, mountOf, outcomeOf, sources, web } from './spoken.ts'

interface Vectors {
  readonly about: string
  /** Of the mount, beside prefix and source. */
  readonly settings?: object
  /** An address behind the prefix, and the native one. */
  readonly accepted: readonly (readonly [address: string, native: string])[]
  /** An address behind the prefix, and the option (or the kind of failure) that it is refused by. */
  readonly refused: readonly (readonly [address: string, by: string])[]
}

const accepts = ['', 'image/webp', 'image/avif,image/webp']

describe.each(languageNames)('%s', (name) => {
  const { settings, accepted, refused }: Vectors = JSON.parse(
    readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'),
  )
  const mount = mountOf(name, settings)
  const { exactly } = aSpeaker([mount])

  test('has forty examples at least', () => {
    expect(accepted.length).toBeGreaterThanOrEqual(40)
  })

  test.each(accepted)('%s is %s', (address, native) => {
    for (const accept of accepts) {
      const theirs = exactly(`${mount.prefix}${address}`, accept)
      const ours = exactly(native, accept)
      expect([theirs.path, theirs.vary]).toEqual([ours.path, ours.vary])
    }
  })

  test.each(refused)('%s is refused by %s', (address, by) => {
    const outcome = outcomeOf(() => exactly(`${mount.prefix}${address}`))
    expect(outcome.replace(/^bad-option /, '')).toBe(by)
    expect(failureOf(() => exactly(`${mount.prefix}${address}`)).message.length).toBeGreaterThan(10)
  })
})

test.each(languageNames)('%s: whatever is not done has a reason', (name) => {
  const words = definitions[name].tables.flatMap((table) => table.words as readonly Word[])
  const unexplained = words.filter((word) => !isDone(word) && word.why === undefined)
  expect(unexplained.map((word) => word.name)).toEqual([])
})

test('a purge of such an address is one of the picture that it means', () => {
  const read = createLanguages([mountOf('cloudflare'), mountOf('next')], web)
  const theirs = ['/cdn-cgi/image/width=640,format=auto/cat.jpg', '/_next/image?url=%2Fcat.jpg&w=640&q=75']
  const ours = ['/photos/cat.jpg?w=640&fit=max&auto=format', '/photos/cat.jpg?w=640&fit=max&q=75&auto=format']
  expect(purgesOf({ urls: theirs }, sources, read)).toEqual(purgesOf({ urls: ours }, sources))
})

test('unpic speaks Uploadcare as it is read', () => {
  const id = '3c269810-c17b-4e2c-92b6-25622464d866'
  const url = unpic.transformUrl({ url: `https://ucarecdn.com/${id}/`, provider: 'uploadcare', width: 640 })
  const { exactly } = aSpeaker([])
  expect(exactly((url ?? '').replace('https://ucarecdn.com', ''), 'image/webp').path).toBe(
    exactly(`/uploads/${id}?w=640&frame=1&auto=format`, 'image/webp').path,
  )
})
