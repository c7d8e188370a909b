// The one way out: connections go only to addresses that were resolved once, all checked, and pinned.
//
// A name is resolved here and the sockets get the checked addresses, so a name server that answers a public address
// first and 127.0.0.1 afterwards is asked once and gains nothing. TLS still verifies the name and Host still says it.
// Redirects are new requests to this dispatcher and pass the same check; a pooled connection is reused only by its own
// scheme, host and port, and was checked when it was made: the peer of an open socket cannot change.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { Failure } from '../errors.ts'
import { type AddressRule, mayConnect, parseAddressRules } from './addresses.ts'
import { isBlockedPort } from './ports.ts'
import { readInto } from './read-buffers.ts'

/** All addresses of a name, in the order they should be tried. */
export type Resolve = (host: string) => Promise<readonly string[]>

export interface GuardOptions {
  /** Addresses or CIDRs that may be reached although they are not public. */
  readonly allowAddresses?: readonly string[]
  readonly resolve?: Resolve
  /** How long one connection may take, TLS included; the name is bounded by the whole request. */
  readonly connectMs?: number
  /** Whether ports of other services are refused: where a stranger, and not the operator, names the address. */
  readonly refusePorts?: boolean
  /** To one server at once. By default enough for a page full of pictures, and too few to look like an attack on it. */
  readonly connections?: number
  /** How long a body may be silent. */
  readonly bodyMs?: number
  /** Bodies pass through: whoever is done with a chunk of one gives it back (`read-buffers.ts`). */
  readonly lendsBuffers?: boolean
}

const usualConnections = 32

/** For `request(url, { dispatcher })` of undici. Fails with 'forbidden-address' before any socket exists. */
export function createGuard(options: GuardOptions = {}): Dispatcher {
  const { allowAddresses = [], resolve = resolveBySystem, connectMs = 5_000, refusePorts = false } = options
  const { connections = usualConnections, bodyMs, lendsBuffers = false } = options
  const rules = parseAddressRules(allowAddresses)
  return new Agent({
    connect: (target, callback) => {
      if (refusePorts && isBlockedPort(target.port)) return callback(blockedPortFailure(target.port), null)
      resolveAllowed(target.hostname, resolve, rules).then(
        (addresses) => {
          // What TLS deciphers comes in small pieces anyway.
          const lends = lendsBuffers && target.protocol === 'http:'
          connectPinned(addresses, { connectMs, lends })(target, callback)
        },
        (refused: Error) => callback(refused, null),
      )
    },
    connections,
    ...(bodyMs !== undefined && { bodyTimeout: bodyMs }),
    allowH2: false,
  })
}

const blockedPortFailure = (port: string) =>
  new Failure('forbidden-address', `Port ${port} is another service's, and nothing is sent there.`)

async function resolveAllowed(
  hostname: string,
  resolve: Resolve,
  rules: readonly AddressRule[],
): Promise<readonly string[]> {
  const addresses = isIP(hostname) ? [hostname] : await resolveName(hostname, resolve)
  // One forbidden address refuses them all. A name with public and private addresses is an attack or an accident, and
  // trying only the good ones would let its owner find out, by failing them, what the rest of our network says.
  if (addresses.every((address) => mayConnect(address, rules))) return addresses
  throw new Failure('forbidden-address', 'The source address is not a public one.')
}

async function resolveName(hostname: string, resolve: Resolve): Promise<readonly string[]> {
  const addresses = await resolve(hostname).catch((cause: unknown) => {
    throw new Failure('source-failed', 'The name of the source server could not be resolved.', { cause })
  })
  if (addresses.length > 0) return addresses
  throw new Failure('source-failed', 'The name of the source server has no address.')
}

/** A connector of its own for each connection: `lookup` hands over what was checked and never asks again. */
function connectPinned(
  addresses: readonly string[],
  { connectMs, lends }: { readonly connectMs: number; readonly lends: boolean },
): buildConnector.connector {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }))
  const [first = { address: '', family: 0 }] = pinned
  return buildConnector({
    timeout: connectMs,
    allowH2: false,
    ...(lends && { onread: readInto() }),
    // All addresses, so that a host with broken IPv6 is still reached (RFC 8305).
    autoSelectFamily: true,
    lookup: (_name, { all }, done) => {
      if (all) done(null, pinned)
      else done(null, first.address, first.family)
    },
  })
}

/** The system's resolver, hosts file included, as every other program of the machine sees the name. */
async function resolveBySystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}
