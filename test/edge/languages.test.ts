// Other languages by example: each address means the native query beside it, so that both are one key.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { languageNames } from '../../edge/languages/registry.ts'
import { failureOf } from '../refusals.ts'
import { aSpeaker, mountOf, outcomeOf } from './spoken.ts'

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
