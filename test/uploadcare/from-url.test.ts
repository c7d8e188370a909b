// What the Upload API says of a download that failed, from the failure itself.
import { expect, test } from 'vitest'
import type { ApiParts } from '../../api/faces/parts.ts'
import { fromUrlStatus } from '../../api/faces/uploadcare/from-url.ts'
import type { UploadRequest } from '../../api/faces/uploadcare/upload-request.ts'
import { firstRequest, nextRequest } from '../../api/intake/fetch-address.ts'
import { failureOf } from '../refusals.ts'

async function saidOf(work: () => unknown) {
  const { kind, message } = failureOf(work)
  const uploads = { progress: async () => ({ state: 'error', failure: { kind, message } }) }
  const status = fromUrlStatus({ uploads, limits: {} } as unknown as ApiParts)
  return status({ field: () => 'a token' } as unknown as UploadRequest)
}

test('a redirect from https to http is named as the reason, and not an address that is not public', async () => {
  const secure = firstRequest('https://a.example/1', {})
  expect(await saidOf(() => nextRequest(secure, secure, 'http://a.example/2'))).toEqual({
    status: 'error',
    error_code: 'DownloadFileHTTPURLValidationError',
    error: 'HTTP URL validation error: The source redirects from https to http, which is not followed.',
  })
})
