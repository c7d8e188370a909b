// A form is limited by its sender's quota from the moment somebody names the key, also while the key is being looked up.
import { expect, test } from 'vitest'
import { withinQuota } from '../../api/services/accounts/form-quota.ts'
import type { KeyRecord } from '../../records/index.ts'

const key = { id: 'a-key' } as KeyRecord
const accounts = { left: async () => 1000 }
const unnamed = () => undefined

test('nothing limits a form whose key nobody has named', () => {
  expect(withinQuota(accounts, unnamed).within()).toBe(Number.POSITIVE_INFINITY)
})

test('bytes that come before the key is found wait for it', async () => {
  const { promise, resolve } = Promise.withResolvers<KeyRecord | undefined>()
  const { within } = withinQuota(accounts, unnamed, promise)
  const limit = Promise.resolve(within())
  resolve(key)
  expect(await limit).toBe(1000)
  expect(within()).toBe(1000)
})

test('a field names the key; a later one that names none changes nothing', async () => {
  const { within, onField } = withinQuota(accounts, (name) =>
    name === 'key' ? Promise.resolve(key) : name === 'other' ? Promise.resolve(undefined) : undefined,
  )
  onField('title', 'a cat')
  expect(within()).toBe(Number.POSITIVE_INFINITY)
  onField('key', 'a-key')
  onField('other', 'a-key')
  expect(await within()).toBe(1000)
})

test.each([
  ['a look-up that fails', () => Promise.reject(new Error('the database is gone'))],
  [
    'a value that cannot be read',
    () => {
      throw new SyntaxError('no JSON')
    },
  ],
])('%s limits nothing here: the form is refused when it is read', async (_, find) => {
  const { within, onField } = withinQuota(accounts, find)
  onField('key', 'a-key')
  expect(await within()).toBe(Number.POSITIVE_INFINITY)
})
