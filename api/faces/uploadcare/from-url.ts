// Files from an address as the Upload API has them: a token, and how far the download is.
import { asFailure } from '../../../errors.ts'
import type { JsonObject } from '../../../records/index.ts'
import type { DownloadProgress } from '../../services/uploads/index.ts'
import type { ApiParts } from '../parts.ts'
import { fileInfo } from './file-json.ts'
import { Refusal } from './upload-errors.ts'
import { uploaderOf, uploadOptions } from './upload-options.ts'
import { isOn, type UploadHandler } from './upload-request.ts'

export function fromUrl({ uploads, hooks, ...parts }: ApiParts): UploadHandler {
  return async (asked) => {
    const key = await uploaderOf(asked, parts)
    const url = asked.field('source_url')
    if (url === undefined) throw new Refusal('SourceURLRequiredError')
    checkUrl(url, hooks)
    const name = asked.field('filename')
    const started = await uploads.fromUrl({
      ...uploadOptions(asked, key),
      url,
      ...(name === undefined ? {} : { name }),
      checkDuplicates: isOn(asked.field('check_URL_duplicates')),
      saveDuplicates: isOn(asked.field('save_URL_duplicates')),
    })
    if ('token' in started) return { type: 'token', token: started.token }
    return { type: 'file_info', ...fileInfo(started.file) }
  }
}

export function fromUrlStatus({ uploads, limits }: Pick<ApiParts, 'uploads' | 'limits'>): UploadHandler {
  return async (asked) => {
    const token = asked.field('token')
    if (token === undefined) throw new Refusal('TokenRequiredError')
    return statusOf(await uploads.progress(token), limits.multipartBytes)
  }
}

function statusOf(progress: DownloadProgress | undefined, maxBytes: number): JsonObject {
  switch (progress?.state) {
    case undefined:
      return { status: 'unknown' }
    case 'waiting':
      return { status: 'waiting' }
    case 'progress':
      return { status: 'progress', done: progress.done, total: progress.total ?? 'unknown' }
    case 'success':
      return { status: 'success', ...fileInfo(progress.file) }
    case 'error': {
      const [error_code, error] = reasonOf(progress.failure, maxBytes)
      return { status: 'error', error, error_code }
    }
  }
}

/** The download's own errors, which come in the status and never as an answer's (reference, section 6). */
function reasonOf({ kind, message }: { kind: string; message: string }, maxBytes: number) {
  switch (kind) {
    case 'source-missing':
      return ['DownloadFileHTTPClientError', 'HTTP client error: 404.'] as const
    case 'source-failed': {
      const status = /status (\d{3})/.exec(message)?.[1]
      if (status?.startsWith('4'))
        return ['DownloadFileHTTPClientError', `HTTP client error: ${status}.`] as const
      if (status !== undefined)
        return ['DownloadFileHTTPServerError', `HTTP server error: ${status}.`] as const
      return ['DownloadFileHTTPNetworkError', `HTTP network error: ${message}`] as const
    }
    case 'source-late':
      return ['DownloadFileTimeLimitExceededError', message] as const
    case 'source-too-large':
      return [
        'DownloadFileSizeLimitExceededError',
        `Downloaded file is too big: more than ${maxBytes}.`,
      ] as const
    case 'forbidden-address':
      return ['URLHostPrivateIPForbiddenError', 'Only public IPs are allowed.'] as const
    case 'bad-address':
      return ['DownloadFileHTTPURLValidationError', `HTTP URL validation error: ${message}`] as const
    case 'not-found':
      return ['DownloadFileNotFoundError', 'downloaded file not found.'] as const
    case 'internal':
      return ['DownloadFileInternalServerError', 'Internal server error.'] as const
    default:
      return ['DownloadFileTaskFailedError', message] as const
  }
}

/** What is wrong with an address by its text, each with its own error. */
function checkUrl(url: string, hooks: ApiParts['hooks']): void {
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url) ?? []
  if (scheme === undefined) throw new Refusal('URLSchemeRequiredError')
  if (!/^https?$/i.test(scheme)) throw new Refusal('URLSchemeInvalidError')
  if (!host) throw new Refusal('URLHostRequiredError')
  if (!URL.canParse(`http://${host}/`)) throw new Refusal('URLHostMalformedError')
  if (!URL.canParse(url)) throw new Refusal('URLParsingFailedError')
  try {
    // The same hosts are private to a download as to a webhook. Ports have an error of their own, further on.
    const { protocol, hostname } = new URL(url)
    hooks.check(`${protocol}//${hostname}`)
  } catch (thrown) {
    if (asFailure(thrown).kind === 'forbidden-address') throw new Refusal('URLHostPrivateIPForbiddenError')
    throw thrown
  }
}
