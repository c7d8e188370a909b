// Every error of the Upload API that can occur here: code, status, text (reference: Upload API, Errors).
import { asFailure, type Failure } from '../../../errors.ts'
import { problemAnswer } from '../../../problem.ts'

type ErrorRow = readonly [status: number, text: string]

/** '%s' and '%d' are what the refusal is about, as Uploadcare's own list has them. */
const rows = {
  AccountLimitsExceededError: [403, 'Account has reached its limits.'],
  FileIdInvalidError: [400, 'file_id is invalid.'],
  FileIdRequiredError: [400, 'file_id is required.'],
  FileMetadataKeyDuplicatedError: [400, "File's metadata key `%s` has a duplicate."],
  FileMetadataKeyEmptyError: [400, "File's metadata key can not be empty."],
  FileMetadataKeyForbiddenError: [
    400,
    "File's metadata key `%s` contains symbols not allowed by the metadata key format.",
  ],
  FileMetadataKeyLengthTooBigError: [
    400,
    'Length of file metadata key `%s` can not be more than 64 symbols.',
  ],
  FileMetadataKeysNumberTooBigError: [400, 'A file can not have more than 50 metadata keys.'],
  FileMetadataValueEmptyError: [400, 'Value of the file metadata key `%s` can not be empty.'],
  FileMetadataValueLengthTooBigError: [
    400,
    "Value of file metadata's key `%s` can not be more than 512 symbols in length.",
  ],
  FileNotFoundError: [404, 'File is not found.'],
  FileSizeLimitExceededError: [400, 'File is too large.'],
  FilesNumberLimitExceededError: [400, 'There are too many files.'],
  FilesRequiredError: [400, 'Request does not contain files.'],
  GroupFileURLParsingFailedError: [400, 'This is not valid file url: %s.'],
  GroupFilesInvalidError: [400, 'No files[N] parameters found.'],
  GroupFilesNotFoundError: [400, 'Some files not found.'],
  GroupIdRequiredError: [400, 'group_id is required.'],
  GroupNotFoundError: [404, 'group_id is invalid.'],
  MethodNotAllowedError: [405, 'HTTP method %s'],
  MultipartFileAlreadyUploadedError: [400, 'File is already uploaded.'],
  MultipartFileIdRequiredError: [400, 'uuid is required.'],
  MultipartFileNotFoundError: [404, 'File is not found.'],
  MultipartFileSizeLimitExceededError: [400, 'File size exceeds project limit.'],
  MultipartFileSizeTooSmallError: [
    400,
    'File size can not be less than %d bytes. Please use direct upload instead of multipart.',
  ],
  MultipartPartSizeInvalidError: [400, 'Multipart Upload Part Size should be an integer.'],
  MultipartPartSizeTooBigError: [400, 'Multipart Upload Part Size can not be more than %d bytes.'],
  MultipartPartSizeTooSmallError: [400, 'Multipart Upload Part Size can not be less than %d bytes.'],
  MultipartSizeInvalidError: [400, 'size should be integer.'],
  MultipartUploadSizeTooSmallError: [400, 'File size mismatch. Not all parts uploaded?'],
  NullCharactersForbiddenError: [400, 'Null characters are not allowed.'],
  PostRequestParserFailedError: [400, 'HTTP POST request parsing failed.'],
  ProjectPublicKeyInvalidError: [403, '%s is invalid.'],
  ProjectPublicKeyRemovedError: [403, 'Project %s is marked as removed.'],
  ProjectPublicKeyRequiredError: [403, '%s is required.'],
  RequestFiledsNumberLimitExceededError: [400, 'The request contains too many HTTP POST fields.'],
  RequestParamRequiredError: [400, '%s is required.'],
  RequestSizeLimitExceededError: [413, 'The size of the request is too large.'],
  /** Not in Uploadcare's list, whose disks are never full: clients that know no such code show its text. */
  RecordsUnavailableError: [503, 'The records cannot be reached just now.'],
  RequestThrottledError: [429, 'Request was throttled.'],
  SignatureExpirationError: [403, 'Expired signature.'],
  SignatureExpirationInvalidError: [400, '`expire` must be a UNIX timestamp.'],
  SignatureExpirationRequiredError: [400, '`expire` is required.'],
  SignatureInvalidError: [403, 'Invalid signature.'],
  SignatureRequiredError: [400, '`signature` is required.'],
  SourceURLRequiredError: [400, 'source_url is required.'],
  StorageFullError: [507, 'There is no room left to keep the file.'],
  TokenRequiredError: [400, 'token is required.'],
  URLHostMalformedError: [400, 'URL host is malformed.'],
  URLHostPrivateIPForbiddenError: [400, 'Only public IPs are allowed.'],
  URLHostRequiredError: [400, 'No URL host supplied.'],
  URLParsingFailedError: [400, 'Failed to parse URL.'],
  URLSchemeInvalidError: [400, 'Invalid URL scheme.'],
  URLSchemeRequiredError: [400, 'No URL scheme supplied.'],
  UUIDInvalidError: [400, 'uuid is invalid.'],
  UploadAPIError: [500, 'Internal error.'],
  UploadFailedError: [403, 'Upload failed.'],
  UploadViewsError: [400, 'Upload request processing failed: %s'],
} as const satisfies Readonly<Record<string, ErrorRow>>

export type UploadErrorCode = keyof typeof rows

/** An answer of the Upload API that is an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: UploadErrorCode
  readonly status: number
  readonly retryAfterSeconds: number | undefined

  constructor(code: UploadErrorCode, about: string | number = '', retryAfterSeconds?: number) {
    super(rows[code][1].replace(/%[sd]/, () => String(about)))
    this.code = code
    this.status = rows[code][0]
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Where a caller knows better what a failure means, it has made a Refusal of it before. */
export function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  const failure = asFailure(thrown)
  switch (failure.kind) {
    case 'busy':
    case 'rate-limited':
    case 'too-many':
    case 'late':
      return new Refusal('RequestThrottledError', '', secondsOf(failure))
    case 'disk-full':
      return new Refusal('StorageFullError', '', secondsOf(failure))
    case 'records-unavailable':
      return new Refusal('RecordsUnavailableError', '', secondsOf(failure))
    case 'over-quota':
      return new Refusal('AccountLimitsExceededError')
    case 'source-too-large':
      return new Refusal('FileSizeLimitExceededError')
    case 'bad-body':
    case 'body-too-large':
      return new Refusal('PostRequestParserFailedError')
    case 'not-found':
      return new Refusal('FileNotFoundError')
    case 'bad-option':
    case 'body-unsupported':
      return new Refusal('UploadViewsError', failure.message)
    case 'not-allowed':
    case 'stalled':
    case 'abandoned':
    case 'source-unsupported':
    case 'source-broken':
      return new Refusal('UploadFailedError')
    default:
      return new Refusal('UploadAPIError')
  }
}

const secondsOf = (failure: Failure): number => Number(problemAnswer(failure).headers['retry-after'] ?? 15)
