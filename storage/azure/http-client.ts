// The Azure client's way to the network: through ours, so that the guard and our bounds hold for it too.
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { HttpHeaders, IHttpClient, WebResource } from '@azure/storage-blob'
import type { HttpClient, HttpRequest, HttpResponse } from '../http-client.ts'

export function createAzureHttp(http: HttpClient): IHttpClient {
  return {
    async sendRequest(request) {
      const got = await http.send({
        method: request.method,
        url: request.url,
        headers: request.headers.rawHeaders(),
        body: bodyOf(request),
        signal: request.abortSignal as AbortSignal | undefined,
      })
      const answered = { request, status: got.status, headers: headersOf(request, got) }
      return isStreamed(request, got)
        ? { ...answered, readableStreamBody: got.body }
        : { ...answered, bodyAsText: await text(got.body) }
    },
  }
}

function bodyOf({ body }: WebResource): HttpRequest['body'] {
  const given: unknown = typeof body === 'function' ? body() : body
  return (given ?? undefined) as Readable | Uint8Array | string | undefined
}

const isStreamed = ({ streamResponseStatusCodes: codes }: WebResource, { status }: HttpResponse): boolean =>
  codes !== undefined && (codes.has(status) || codes.has(Number.POSITIVE_INFINITY))

/** The client's class of headers is not ours to build, but the request has one to take. */
function headersOf(request: WebResource, got: HttpResponse): HttpHeaders {
  const headers = request.headers.clone()
  for (const name of headers.headerNames()) headers.remove(name)
  for (const [name, value] of Object.entries(got.headers)) headers.set(name, value)
  return headers
}
