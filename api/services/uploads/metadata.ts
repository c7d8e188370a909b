// The limits of a file's metadata and tags. Pure.
import { Failure } from '../../../errors.ts'

type Metadata = Readonly<Record<string, string>>

const mostKeys = 50
/** The limits of Uploadcare's metadata, which its clients know. */
const keyShape = /^[\w\-.:]{1,64}$/
const mostValueCharacters = 512
const mostTags = 50
const mostTagCharacters = 64

/** Fails with 'bad-option'; `option` is the key, `expected` the rule that was broken. */
export function checkMetadata(metadata: Metadata): void {
  const entries = Object.entries(metadata)
  if (entries.length > mostKeys) throw badDescription('metadata', `at most ${mostKeys} keys`)
  for (const [key, value] of entries) {
    if (!keyShape.test(key))
      throw badDescription('metadata', 'keys of 1 to 64 characters of a-z A-Z 0-9 _ - . :', key)
    if (value.length < 1 || value.length > mostValueCharacters)
      throw badDescription('metadata', `values of 1 to ${mostValueCharacters} characters`, key)
    // PostgreSQL keeps no such character in a text.
    if (value.includes('\0')) throw badDescription('metadata', 'values without null characters', key)
  }
}

export function checkTags(tags: readonly string[]): void {
  if (tags.length > mostTags) throw badDescription('tags', `at most ${mostTags} tags`)
  const wrong = tags.find((tag) => tag.length < 1 || tag.length > mostTagCharacters || /\p{Cc}/u.test(tag))
  if (wrong === undefined) return
  throw badDescription('tags', `tags of 1 to ${mostTagCharacters} characters, none of control`, wrong)
}

const badDescription = (option: string, expected: string, received?: string) =>
  new Failure('bad-option', `Expected ${expected} for '${option}'.`, {
    option,
    expected,
    ...(received === undefined ? {} : { received: received.slice(0, 80) }),
  })
