import { describe, expect, test } from 'vitest'
import { parseAddressRules } from '../../fetch/addresses.ts'
import { createClientAddresses } from '../../limits/address.ts'
import vectors from '../vectors/client-addresses.json' with { type: 'json' }

const trusted = parseAddressRules(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'])
const from = (peer: string | undefined, headers: Record<string, string> = {}) => ({
  headers,
  socket: { remoteAddress: peer },
})

describe("the client's address", () => {
  const addresses = createClientAddresses({ trusted, header: 'x-forwarded-for' })

  test.each(vectors.buckets)('$peer has the bucket $bucket', ({ peer, bucket }) => {
    expect(addresses.of(from(peer))).toBe(bucket)
  })

  test.each(vectors['forwarded-for'])('$why: $header from $peer is $bucket', ({ peer, header, bucket }) => {
    expect(addresses.of(from(peer, { 'x-forwarded-for': header }))).toBe(bucket)
  })

  test.each(vectors.forwarded)('Forwarded: $header from $peer is $bucket', ({ peer, header, bucket }) => {
    const byForwarded = createClientAddresses({ trusted, header: 'forwarded' })
    expect(byForwarded.of(from(peer, { forwarded: header }))).toBe(bucket)
  })

  test('only the header that our proxies write is read: they hand on the other as the client sent it', () => {
    const headers = { forwarded: 'for=8.8.8.8', 'x-forwarded-for': '198.51.100.1' }
    expect(addresses.of(from('10.0.0.1', headers))).toBe('198.51.100.1')
  })

  test('a connection that is gone has no address, and shares a bucket with others of its kind', () => {
    expect(addresses.of(from(undefined))).toBe('unknown')
  })

  test('who is trusted is told by the connection alone', () => {
    expect(addresses.isTrusted(from('10.0.0.1'))).toBe(true)
    expect(addresses.isTrusted(from('203.0.113.7', { 'x-forwarded-for': '10.0.0.1' }))).toBe(false)
    expect(createClientAddresses({ trusted: [], header: 'forwarded' }).isTrusted(from('127.0.0.1'))).toBe(
      false,
    )
  })
})
