// The AWS client's way to the network: through ours, so that the guard and our bounds hold for it too.
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { HttpClient } from '../http-client.ts'
import { percentEncode } from '../percent-encoding.ts'

type Handler = Extract<NonNullable<S3ClientConfig['requestHandler']>, { handle: unknown }>
type Handle = Handler['handle']
type Request = Parameters<Handle>[0]

export function createS3Handler(http: HttpClient): Handler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: Request, { abortSignal }: Parameters<Handle>[1] = {}) {
      const { status, headers, body } = await http.send({
        method: request.method,
        url: addressOf(request),
        headers: request.headers,
        body: request.body,
        signal: abortSignal as AbortSignal | undefined,
      })
      // The client's classes are not ours to build; it asks only for these fields.
      return { response: { statusCode: status, headers, body } as never }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

function addressOf({ protocol, hostname, port, path, query }: Request): string {
  const words = Object.entries(query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) =>
      one === null ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(one)}`,
    ),
  )
  const authority = port === undefined ? hostname : `${hostname}:${port}`
  return `${protocol}//${authority}${path}${words.length > 0 ? `?${words.sort().join('&')}` : ''}`
}
