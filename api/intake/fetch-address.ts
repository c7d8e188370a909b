// Which addresses may be fetched for a client, which headers are sent, and which redirects are followed. Pure. The guard
// judges what a host name resolves to.
import { Failure } from '../../errors.ts'
import { isBlockedPort } from '../../fetch/ports.ts'

/** What is asked of one host. */
export interface FetchRequest {
  /** Without user name, password and fragment. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

const ours = {
  accept: 'image/*,*/*;q=0.5',
  // Pictures are compressed already, and an encoded body could unpack to any size.
  'accept-encoding': 'identity',
  'user-agent': 'Halftone',
}

/** Fails with 'bad-address', and 'bad-option' for a header that may not be sent. */
export function firstRequest(address: string, headers: Readonly<Record<string, string>>): FetchRequest {
  const { url, authorization } = parseAddress(address)
  return {
    url,
    headers: { ...ours, ...checkHeaders(headers), ...(authorization === undefined ? {} : { authorization }) },
  }
}

/**
 * What a client sends along was meant for the first host: another one, or the same on another port or scheme, gets
 * nothing of it (Fetch standard, HTTP-redirect fetch, step 13).
 */
export function nextRequest(first: FetchRequest, from: FetchRequest, location: string): FetchRequest {
  if (!URL.canParse(location, from.url.href))
    throw new Failure('source-failed', 'The source redirects to no URL.')
  const { url } = parseAddress(new URL(location, from.url).href)
  // Not 'forbidden-address', which is for hosts that are not public: here another address of theirs can be named.
  if (from.url.protocol === 'https:' && url.protocol === 'http:')
    throw new Failure('bad-address', 'The source redirects from https to http, which is not followed.')
  return { url, headers: url.origin === first.url.origin ? first.headers : ours }
}

function parseAddress(address: string): { url: URL; authorization: string | undefined } {
  if (address.length > longestAddress || !URL.canParse(address))
    throw new Failure('bad-address', 'The address is not a URL.', { received: address })
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Failure('bad-address', 'Only http and https are fetched.')
  // Nor here, where it is the port that can be mended.
  if (!isWebPort(url))
    throw new Failure('bad-address', `Nothing is fetched from port ${url.port}.`, {
      expected: '80, 443, or a port from 1024 on that is of no other service',
      received: url.port,
    })
  const authorization = basic(url)
  url.username = ''
  url.password = ''
  url.hash = ''
  return { url, authorization }
}

const longestAddress = 8192

/** The web's own, and those that anybody may listen on: the fetcher must not become a scanner of the rest. */
function isWebPort({ port }: URL): boolean {
  const number = Number(port)
  return port === '' || number === 80 || number === 443 || (number >= 1024 && !isBlockedPort(port))
}

/** RFC 7617, in UTF-8. */
function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const pair = `${plain(username)}:${plain(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Those that say how the message is framed, where it goes or how it is packed (RFC 9110 7.6.1, 8.4). */
const reservedHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'accept-encoding',
  'range',
])
const mostHeaderBytes = 8192

function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
  for (const [name, value] of sent) {
    // RFC 9110 5.5 and 5.6.2: anything else could end the header and begin another.
    const isWellFormed = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
    if (!isWellFormed || reservedHeaders.has(name) || name.startsWith('halftone-'))
      throw new Failure('bad-option', 'A header cannot be sent to the source.', { option: name })
  }
  if (sent.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > mostHeaderBytes)
    throw new Failure('bad-option', 'The headers for the source are too long.')
  return Object.fromEntries(sent)
}
