// Reads the rest of a request body after the request was answered, and throws it away. A client that is still sending
// can then read its answer, and send its next request (RFC 9112 9.6). Bounded in bytes and time.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A client that writes all of its request before it reads the answer gets it as long as it sends no more than this. */
const mostBytes = 32 * 2 ** 20

/**
 * Node does this only for a body that nobody has begun to read. The rest of any other body would stand in front of the
 * next request for ever. And if the connection is to end, Node closes it at once; then the system of a client that is
 * still sending drops the answer before the client has read it.
 */
export function discardAfterAnswer(req: IncomingMessage, res: ServerResponse, mostMs: number): void {
  // Before Node's own listener, which closes the connection.
  res.prependListener('finish', () => {
    if (!req.complete) discardBody(req, mostMs)
  })
}

function discardBody(req: IncomingMessage, mostMs: number): void {
  const { socket } = req
  const close = socket.destroySoon
  let isClosing = false
  socket.destroySoon = () => {
    isClosing = true
    socket.end()
  }
  const stay = closeWhenDone(socket, mostMs)
  req.once('end', () => {
    stay()
    socket.destroySoon = close
    if (isClosing) socket.destroySoon()
  })
  readAndForget(req)
}

/** When the client has come to its end, or after `mostMs`; until the returned function is called. */
export function closeWhenDone(socket: Duplex, mostMs: number): () => void {
  const cut = () => void socket.destroy()
  const timer = setTimeout(cut, mostMs)
  const stay = () => {
    clearTimeout(timer)
    socket.off('end', cut).off('close', stay)
  }
  socket.once('end', cut).once('close', stay)
  return stay
}

function readAndForget(req: IncomingMessage): void {
  let left = mostBytes
  // Whoever began to read would take one more piece, and stop.
  for (const event of ['data', 'readable']) req.removeAllListeners(event)
  // Tells Node that somebody reads: it would forget without counting.
  req.read()
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length
    // No longer read, but not yet cut off: the answer may still be on its way.
    if (left < 0) req.pause()
  })
  req.resume()
}
