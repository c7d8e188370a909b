// Informational answers on their way to the client (RFC 9110 15.2).
import { type ServerResponse, STATUS_CODES } from 'node:http'
import { answerLines, type ClientSide, type Lines } from './message-headers.ts'

/**
 * 103 Early Hints and 102 are the only ones that a server sends by itself and a browser makes something of. Older proxies
 * (nginx below 1.29) take them for the answer, so one in front of us must be known to pass them on.
 */
export function inform(res: ServerResponse, status: number, lines: Lines, client: ClientSide): void {
  const { req, socket } = res
  if (status !== 103 && status !== 102) return
  // Without a socket it is not its turn: an answer before it is still being sent.
  if (res.headersSent || !socket?.writable || req.httpVersionMinor === 0) return
  if (!client.passesHints && comesByProxy(res)) return
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`
  const own = status === 103 ? answerLines(lines) : []
  for (let at = 0; at < own.length; at += 2) head += `${own[at]}: ${own[at + 1]}\r\n`
  // Node's own function for it refuses a Link whose parameters have spaces in them.
  socket.write(`${head}\r\n`, 'latin1')
}

/** What proxies say of whom they ask for. */
const ofProxies = ['via', 'forwarded', 'x-forwarded-for', 'x-real-ip'] as const

const comesByProxy = ({ req: { headers } }: ServerResponse): boolean =>
  ofProxies.some((name) => headers[name] !== undefined)
