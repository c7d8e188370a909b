// The pages that are written from tables say what the tables say.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pages, pageUrl } from '../../docs/generate.ts'
import { exactOptions, requestOptions } from '../../transforms/language/options.ts'
import { unsupported } from '../../transforms/language/unsupported.ts'

test.each(Object.entries(pages))('docs/%s is up to date (npm run docs)', (name, page) => {
  expect(readFileSync(pageUrl(name), 'utf8')).toBe(page())
})

const spellings = Object.values(requestOptions).flatMap((option) => [
  option.key,
  ...('aliases' in option ? option.aliases : []),
])

test('no spelling means two options, and none is both done and not supported', () => {
  expect(new Set(spellings).size).toBe(spellings.length)
  expect(spellings.filter((key) => unsupported.has(key))).toEqual([])
})

test('no spelling ends in 64, which means Base64', () => {
  expect([...spellings, ...unsupported.keys()].filter((key) => key.endsWith('64'))).toEqual([])
})

test('no key of the exact address is one that a request spells otherwise', () => {
  const keys = Object.values(exactOptions).map(({ key }) => key)
  expect(new Set([...keys, 'rev']).size).toBe(keys.length + 1)
})
