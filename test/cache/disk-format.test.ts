import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode } from '../../cache/disk-format.ts'
import type { Entry } from '../../cache/entry.ts'
import { anEntry } from './entries.ts'

const moment = fc.integer({ min: 0, max: 2 ** 45 })
const entries: fc.Arbitrary<Entry> = fc.record({
  key: fc.string({ unit: 'binary' }).map((text) => `/${text.toWellFormed()}`),
  status: fc.integer({ min: 200, max: 599 }),
  headers: fc.dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), fc.string(), { noNullPrototype: true }),
  body: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  epoch: moment,
  storedAt: moment,
  ageOnArrival: fc.nat(),
  freshUntil: moment,
  staleWhileRevalidateUntil: moment,
  staleIfErrorUntil: moment,
})

const bytesOf = (entry: Entry): Buffer => Buffer.concat(encode(entry))

test('any entry comes back as it was', () => {
  fc.assert(fc.property(entries, (entry) => void expect(decode(bytesOf(entry), entry.key)).toEqual(entry)))
})

test('any one changed byte is a miss', () => {
  const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))
  fc.assert(
    fc.property(entries, change, (entry, [at, difference]) => {
      const bytes = bytesOf(entry)
      const index = at % bytes.length
      bytes[index] = (bytes[index] ?? 0) ^ difference
      expect(decode(bytes, entry.key)).toBeUndefined()
    }),
  )
})

test('every shorter file is a miss, and so is a longer one', () => {
  const bytes = bytesOf(anEntry())
  for (let length = 0; length < bytes.length; length++) {
    expect(decode(bytes.subarray(0, length), anEntry().key)).toBeUndefined()
  }
  expect(decode(Buffer.concat([bytes, Buffer.from([0])]), anEntry().key)).toBeUndefined()
})

test('any bytes at all are a miss', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => void expect(decode(Buffer.from(bytes), '/k')).toBeUndefined()),
  )
})

test('a file under the wrong name is a miss', () => {
  expect(decode(bytesOf(anEntry()), '/another')).toBeUndefined()
})

test('the body is not copied', () => {
  const entry = anEntry()
  const bytes = bytesOf(entry)
  expect(encode(entry)[0]).toBe(entry.body)
  expect(decode(bytes, entry.key)?.body.buffer).toBe(bytes.buffer)
})
