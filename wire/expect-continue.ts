// Clients that ask before they send their body (Expect: 100-continue, RFC 9110 10.1.1): a refused body is never sent.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Says "100 Continue" when somebody begins to read the body. An answer that comes before ends the connection: Node sees to it. */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const read = request._read
  // The one call that every way of reading makes first: iterators, pipes, listeners, web streams.
  request._read = (size) => {
    request._read = read
    if (!response.headersSent) response.writeContinue()
    request._read(size)
  }
}
