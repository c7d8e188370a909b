// Figures and names as the pages write them.
import { expect, test } from 'vitest'

// Scripts of the pages, which have no types.
const asset = (name: string) => import(new URL(`../../dashboard/assets/${name}`, import.meta.url).href)
const { bytesText, changeText } = await asset('dom.js')
const { counted, nameText } = await asset('file-names.js')

test.each([
  [28, 100, '−72 %'],
  [71, 97_300, '−99.9 %'],
  [4, 1000, '−99.6 %'],
  [6, 1000, '−99 %'],
  [10, 1000, '−99 %'],
  [999, 1000, '±0 %'],
  [130, 100, '+30 %'],
  [1, 0, '±0 %'],
])('%i bytes instead of %i are %s', (bytes, source, words) => {
  expect(changeText(bytes, source)).toBe(words)
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [999_499, '999 kB'],
  [999_501, '1.00 MB'],
  [5e15, '5000 TB'],
])('%i bytes are written %s', (bytes, words) => {
  expect(bytesText(bytes)).toBe(words)
})

test('a name keeps its script, and loses only what turns it', () => {
  expect(nameText('שלום — 写真.jpg')).toBe('שלום — 写真.jpg')
  expect(nameText('a\u202egpj.svg')).toBe('a\ufffdgpj.svg')
})

test('one is one, more are more', () => {
  expect([counted(1, 'file'), counted(3, 'file')]).toEqual(['1 file', '3 files'])
})
