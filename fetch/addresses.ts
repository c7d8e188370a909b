// Which addresses Halftone may connect to: globally routable unicast and nothing else, unless a source names more.
import ipaddr from 'ipaddr.js'
import { Failure } from '../errors.ts'

/** Addresses a source may reach although they are not public: '127.0.0.1', '10.1.0.0/16', 'fd12::/16'. */
export type AddressRule = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Fails for a rule that is not an address or a CIDR: a typing error must not open or close anything silently. */
export function parseAddressRules(rules: readonly string[]): readonly AddressRule[] {
  return rules.map((rule) => {
    try {
      if (rule.includes('/')) return ipaddr.parseCIDR(rule)
      const address = ipaddr.parse(rule)
      return [address, address.kind() === 'ipv4' ? 32 : 128]
    } catch {
      throw new Failure('bad-option', 'An allowed address is neither an address nor a CIDR.', {
        option: 'allowAddresses',
        expected: 'addresses such as 127.0.0.1 or 10.0.0.0/8',
        received: rule,
      })
    }
  })
}

/** Whether a connection to `text`, an address as a resolver gives it, is allowed. Anything else is not an address. */
export function mayConnect(text: string, rules: readonly AddressRule[]): boolean {
  const address = parseStrictly(text)
  if (address === undefined) return false
  return isPublic(address) || rules.some((rule) => isWithin(address, rule))
}

/**
 * Four decimal parts, or IPv6 without a zone. `ipaddr.parse` alone would also take 0177.1 or 2130706433, which two
 * parsers may read differently; a resolver never gives such a form, so it is refused and not interpreted.
 */
function parseStrictly(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (!text.includes('%') && ipaddr.IPv6.isValid(text)) return ipaddr.IPv6.parse(text)
  return undefined
}

/**
 * A rule speaks only of its own family: 127.0.0.0/8 does not open ::ffff:127.0.0.1, so that one line of a
 * configuration never means more than what is written there.
 */
function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: AddressRule): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  // 'unicast' is the rest beside ipaddr's special ranges, and those cover the special-purpose registries (RFC 6890).
  if (address.range() !== 'unicast') return false
  return address.kind() === 'ipv4'
    ? !isWithin(address, azureMetadata)
    : isWithin(address, globalUnicast) && !isIsatap(address as ipaddr.IPv6)
}

/** Azure's WireServer answers its virtual machines at a public address: metadata, so never a source of pictures. */
const azureMetadata = ipaddr.parseCIDR('168.63.129.16/32')

/**
 * All global unicast that was ever delegated (RFC 4291 2.4, IANA). Nothing useful lies outside of it, ::/96 included.
 */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** An IPv4 address inside an interface identifier, ::0:5efe:a.b.c.d or ::200:5efe:a.b.c.d (RFC 5214 6.1). */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [, , , , high = 0, low] = address.parts
  return low === 0x5efe && (high & ~0x0200) === 0
}
