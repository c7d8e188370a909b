// An answer written to a neighbour: from memory, as the stream of a file, or as the length of a file.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { Failure } from '../errors.ts'
import { problemAnswer } from '../problem.ts'
import { type Answer, emptyBody, type FileBody, type HeldAnswer } from '../tier.ts'
import { deferHeader, deferredHeader } from './headers.ts'

/** Writes the answer; `signal` aborts when the neighbour has gone. */
export function sendAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
  signal: AbortSignal,
): void {
  const { status, body } = answer
  if (Buffer.isBuffer(body) || req.method === 'HEAD') sendInMemory(req, res, answer)
  else if (req.headers[deferHeader] !== undefined && status === 200)
    sendInMemory(req, res, deferFile(answer, body))
  else stream(req, res, { ...answer, body }, signal)
}

interface FileAnswer extends Answer {
  readonly body: FileBody
}

function stream(req: IncomingMessage, res: ServerResponse, answer: FileAnswer, signal: AbortSignal): void {
  const { body } = answer
  body.open({ start: 0, end: body.length - 1 }, signal).then(
    (bytes) => {
      // A stream that breaks off closes the connection, so that its reader never takes a part for the whole.
      if (begin(res, answer)) pipeline(bytes, res, () => {})
      else bytes.destroy()
    },
    (thrown: unknown) => sendInMemory(req, res, problemAnswer(thrown)),
  )
}

const deferFile = ({ status, headers }: Answer, file: FileBody): HeldAnswer => ({
  status,
  headers: { ...headers, [deferredHeader]: String(file.length) },
  body: emptyBody,
})

/** Sends an answer whose body is in memory, or is not asked for (HEAD). */
export function sendInMemory(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  if (!begin(res, answer)) return
  const { body } = answer
  if (req.method === 'HEAD' || !Buffer.isBuffer(body) || body.length === 0) res.end()
  else res.end(body)
}

/** Writes status and headers. False when nothing more is to be written. */
function begin(res: ServerResponse, answer: Answer): boolean {
  if (res.destroyed || res.headersSent) return false
  // Date is the edge's to send: between tiers a second clock would only add its skew to every age.
  res.sendDate = false
  try {
    res.writeHead(answer.status, flatHeaders(answer, res.req.method === 'HEAD'))
    return true
  } catch (cause) {
    // A header that cannot be written (a line break in a value) must not leave the client waiting.
    const problem = problemAnswer(new Failure('internal', 'The answer could not be written.', { cause }))
    res.writeHead(problem.status, flatHeaders(problem))
    res.end(res.req.method === 'HEAD' ? undefined : problem.body)
    return false
  }
}

function flatHeaders({ status, headers, setCookie, body }: Answer, isHead = false): string[] {
  const flat: string[] = []
  // Without a body the length is that of the body it stands for, which only the tier knows (RFC 9110 8.6).
  const isLeftOut = isHead && body.length === 0
  const hasLength = status !== 304 && status !== 204 && !isLeftOut
  for (const name in headers) {
    if (name !== 'content-length' || !hasLength) flat.push(name, headers[name] ?? '')
  }
  if (hasLength) flat.push('content-length', String(body.length))
  if (setCookie !== undefined) for (const cookie of setCookie) flat.push('set-cookie', cookie)
  return flat
}
