import { expect, test } from 'vitest'
import { member, type Told, withMember } from '../../http/cache-status.ts'

test.each<[string, Told]>([
  ['halftone-shield; hit; ttl=30', { ttl: 30 }],
  ['halftone-shield; hit; ttl=-7', { ttl: -7 }],
  ['halftone-shield; hit; ttl=-7; detail=stale-if-error', { ttl: -7, detail: 'stale-if-error' }],
  ['halftone-shield; fwd=uri-miss', { fwd: 'uri-miss' }],
  ['halftone-shield; fwd=uri-miss; stored; collapsed', { fwd: 'uri-miss', stored: true, collapsed: true }],
  ['halftone-shield; fwd=stale; fwd-status=304', { fwd: 'stale', fwdStatus: 304 }],
])('RFC 9211 2: %s', (text, told) => expect(member('halftone-shield', told)).toBe(text))

test('RFC 9211 2: the member nearest the client is the last', () => {
  const headers = withMember({ 'cache-status': 'halftone-shield; hit; ttl=5' }, 'halftone-edge; fwd=uri-miss')
  expect(headers['cache-status']).toBe('halftone-shield; hit; ttl=5, halftone-edge; fwd=uri-miss')
  expect(withMember({}, 'halftone-edge; fwd=uri-miss')['cache-status']).toBe('halftone-edge; fwd=uri-miss')
})
