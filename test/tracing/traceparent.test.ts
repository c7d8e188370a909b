import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTraceParent, writeTraceParent } from '../../tracing/traceparent.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test.each([
  ['recorded', `00-${traceId}-${spanId}-01`, { traceId, spanId, isSampled: true }],
  ['not recorded', `00-${traceId}-${spanId}-00`, { traceId, spanId, isSampled: false }],
  ['other flags are not ours', `00-${traceId}-${spanId}-ff`, { traceId, spanId, isSampled: true }],
  ['a version to come, with more', `01-${traceId}-${spanId}-01-what`, { traceId, spanId, isSampled: true }],
  ['version 00 with more', `00-${traceId}-${spanId}-01-what`, undefined],
  ['the version that is none', `ff-${traceId}-${spanId}-01`, undefined],
  ['a trace without a name', `00-${'0'.repeat(32)}-${spanId}-01`, undefined],
  ['a span without a name', `00-${traceId}-${'0'.repeat(16)}-01`, undefined],
  ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
  ['too short', `00-${traceId}-${spanId}`, undefined],
  ['nothing', undefined, undefined],
])('%s', (_, text, expected) => {
  expect(parseTraceParent(text)).toEqual(expected)
})

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((text) => !/^0+$/.test(text))

test('what is written is read as it was', () => {
  const parents = fc.record({ traceId: hex(32), spanId: hex(16), isSampled: fc.boolean() })
  fc.assert(
    fc.property(parents, (parent) => {
      expect(parseTraceParent(writeTraceParent(parent))).toEqual(parent)
    }),
  )
})

test('whatever a stranger sends is read without a fault', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseTraceParent(text)))
})
