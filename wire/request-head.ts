// The head of a request, before any listener sees it: refused where it breaks the rules of HTTP/1.1 that Node's parser
// leaves to us, and put into the one shape that listeners know.
import type { IncomingMessage } from 'node:http'
import { Failure } from '../errors.ts'

export interface Head {
  /** RFC 9112 6: one of two fields says that a body comes. A hit has none, and nothing is done for it. */
  readonly hasBody: boolean
  /** The connection ends with its answer: what else comes on it is not to be trusted (RFC 9112 6.1). */
  readonly isLast: boolean
  /** What it is refused with: 'bad-request', 'bad-version', 'coding-unknown' or 'target-too-long'. */
  readonly failure?: Failure
}

interface Fields {
  hosts: number
  /** Where the value of Host stands. */
  hostAt: number
  hasLength: boolean
  coding: string | undefined
  hasRange: boolean
}

/** Puts the head of `req` right, and says what must be known of it. */
export function readHead(req: IncomingMessage, maxTargetBytes: number): Head {
  const fields = fieldsOf(req.rawHeaders)
  const isCoded = fields.coding !== undefined
  const head = { hasBody: fields.hasLength || isCoded, isLast: isCoded && req.httpVersionMinor === 0 }
  const failure = faultOf(req, fields, maxTargetBytes) ?? normaliseTarget(req, fields.hostAt)
  if (failure) return { ...head, isLast: true, failure }
  if (fields.hasRange && req.method === 'HEAD') dropRange(req)
  return head
}

function faultOf(req: IncomingMessage, fields: Fields, maxTargetBytes: number): Failure | undefined {
  const { hosts, hostAt, coding = 'chunked' } = fields
  if (req.httpVersionMajor === 0) return bad('The request names no version of HTTP.')
  // RFC 9110 15.6.6.
  if (req.httpVersionMajor !== 1)
    return new Failure('bad-version', 'Only HTTP/1.1 and HTTP/1.0 are spoken here.')
  if ((req.url ?? '').length > maxTargetBytes) return targetTooLong(maxTargetBytes)
  // RFC 9112 3.2.
  if (hosts > 1) return bad('The request has more than one Host header.')
  if (hosts === 0 && req.httpVersionMinor > 0) return bad('The request has no Host header.')
  if (hosts === 1 && !isAuthority(req.rawHeaders[hostAt] ?? '')) return bad('The Host header is not valid.')
  // RFC 9112 6.1. A body in a coding that nobody undoes would be taken for something else.
  if (coding.toLowerCase() !== 'chunked')
    return new Failure('coding-unknown', 'The only transfer coding understood here is chunked.')
  return undefined
}

const bad = (sentence: string): Failure => new Failure('bad-request', sentence)
export const targetTooLong = (maxBytes: number): Failure =>
  new Failure('target-too-long', `The address is longer than ${maxBytes} bytes.`)

/** One pass over the lines as they came: building the object of all headers costs more than the rest of a hit. */
function fieldsOf(raw: readonly string[]): Fields {
  const fields: Fields = {
    hosts: 0,
    hostAt: -1,
    hasLength: false,
    coding: undefined,
    hasRange: false,
  }
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? ''
    switch (lengths.has(name.length) ? name.toLowerCase() : '') {
      case 'host':
        fields.hosts++
        fields.hostAt = i + 1
        break
      case 'content-length':
        fields.hasLength = true
        break
      case 'transfer-encoding':
        fields.coding = fields.coding === undefined ? raw[i + 1] : `${fields.coding}, ${raw[i + 1]}`
        break
      case 'range':
        fields.hasRange = true
    }
  }
  return fields
}

const lengths = new Set(['host', 'content-length', 'transfer-encoding', 'range'].map(({ length }) => length))
/** uri-host and port (RFC 9110 7.2), without a name and password, which RFC 9110 4.2.4 wants treated as an error. */
const isAuthority = (text: string): boolean =>
  /^(?:[\w.~%!$&'()*+,;=-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i.test(text)

/** Origin-form stays as it is; of an absolute-form (RFC 9112 3.2.2) the path stays, and its authority becomes the Host. */
function normaliseTarget(req: IncomingMessage, hostAt: number): Failure | undefined {
  const target = req.url ?? ''
  if (target.includes('#')) return bad('A request target has no fragment.')
  if (target.startsWith('/') || (target === '*' && req.method === 'OPTIONS')) return undefined
  const [origin = '', authority = ''] = /^https?:\/\/([^/?]*)/i.exec(target) ?? []
  if (!isAuthority(authority)) return bad('The request target is no path and no http address.')
  const rest = target.slice(origin.length)
  req.url = rest.startsWith('/') ? rest : `/${rest}`
  req.headers.host = authority
  if (hostAt >= 0) req.rawHeaders[hostAt] = authority
  else req.rawHeaders.push('Host', authority)
  return undefined
}

/** A range is for GET alone (RFC 9110 14.2). */
function dropRange(req: IncomingMessage): void {
  for (const name of ['range', 'if-range']) delete req.headers[name]
  const kept = req.rawHeaders.filter((_, i, raw) => !/^(?:if-)?range$/i.test(raw[i - (i % 2)] ?? ''))
  req.rawHeaders.splice(0, req.rawHeaders.length, ...kept)
}

/** Bytes without a blank in a packet that goes on with something: hardly any field has as many, a long target has. */
const leastOpen = 1024

/** Whether the parser refused a head because of its target, judged by the packet that it refused. */
export function isTargetLong(packet: Buffer, maxTargetBytes: number): boolean {
  const [, method, { length } = ''] = /^\s*([A-Z-]+ )?(\S*)/.exec(packet.toString('latin1')) ?? []
  return length > (method === undefined ? leastOpen : maxTargetBytes)
}
