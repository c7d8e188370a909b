// The head of an answer that is sent again and again: Node checks its lines and puts them together once, and the same text
// goes out until one of them changes. That work is a fifth of what Node does for an answer from memory.
import { type ServerResponse, STATUS_CODES } from 'node:http'

export interface ReadyHead {
  readonly status: number
  readonly statusText: string
  /** Names and values in turn, Content-Length among them. The first two are Age and Cache-Status. */
  readonly lines: string[]
  /** As Node writes it, with the fields of the connection; undefined until it went out once. */
  text: string | undefined
  /** Without these, and without the blank line at its end; undefined until somebody wants it. */
  bytes: Buffer | undefined
}

/** `lines`: those behind Age and Cache-Status. */
export function readyHead(
  status: number,
  lines: readonly string[],
  statusText: string = STATUS_CODES[status] ?? '',
): ReadyHead {
  const all = ['age', '0', 'cache-status', '', ...lines]
  return { status, statusText, lines: all, text: undefined, bytes: undefined }
}

/** The two values that grow old, once a second. */
export function renew(head: ReadyHead, ageSeconds: number, cacheStatus: string): void {
  head.lines[1] = String(ageSeconds)
  head.lines[3] = cacheStatus
  head.text = undefined
  head.bytes = undefined
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/
const notInValues = /[^\t\x20-\x7e\x80-\xff]/

/** For whoever writes it without Node; undefined for what Node would write otherwise or refuse (RFC 9110 5.5). */
export function bytesOf(head: ReadyHead): Buffer | undefined {
  if (head.bytes) return head.bytes
  const { status, statusText, lines } = head
  if (status === 204 || notInValues.test(statusText)) return undefined
  if (lines.some((text, at) => (at % 2 === 0 ? !token.test(text) : notInValues.test(text)))) return undefined
  let text = `HTTP/1.1 ${status} ${statusText}\r\n`
  for (let at = 0; at < lines.length; at += 2) text += `${lines[at]}: ${lines[at + 1]}\r\n`
  head.bytes = Buffer.from(text, 'latin1')
  return head.bytes
}

/** Node's own place for the text, which has no public name; where there is none, heads are made anew each time. */
type WithText = ServerResponse & { _header?: unknown }

/** In the place of `writeHead`. */
export function writeReady(res: WithText, head: ReadyHead): void {
  // What Node adds is the same for all whose connection stays.
  const isUsual = res.shouldKeepAlive && res.req.httpVersionMinor === 1
  if (isUsual && head.text !== undefined) {
    res.statusCode = head.status
    res._header = head.text
    return
  }
  const { status, statusText, lines } = head
  res.writeHead(status, statusText, lines)
  if (isUsual && !res.chunkedEncoding && typeof res._header === 'string') head.text = res._header
}
