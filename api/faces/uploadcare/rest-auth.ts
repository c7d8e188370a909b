// Who asks the REST API: by the secret itself, or by a signature over the request (reference, section 7).
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Failure } from '../../../errors.ts'
import type { KeyRecord } from '../../../records/index.ts'
import type { ApiParts } from '../parts.ts'
import { RestError } from './rest-error.ts'

export interface SignedRequest {
  readonly incoming: IncomingMessage
  readonly body: string
}

type RestAccess = Pick<ApiParts, 'accounts' | 'now'>

const toleranceMs = 15 * 60_000

export async function authenticate(request: SignedRequest, who: RestAccess): Promise<KeyRecord> {
  const { authorization = '' } = request.incoming.headers
  const [, scheme, publicKey = '', proof = ''] =
    /^(Uploadcare|Uploadcare\.Simple) ([^:\s]+):(\S+)$/.exec(authorization) ?? []
  if (scheme === undefined) throw new RestError(401, 'Incorrect authentication credentials.')
  const key = await orRefuse(
    () => who.accounts.byPublicKey(publicKey),
    `Public key ${publicKey.slice(0, 100)} not found.`,
  )
  if (scheme === 'Uploadcare.Simple')
    return orRefuse(() => who.accounts.bySecret(publicKey, proof), 'Secret key not found.')
  checkDate(request.incoming, who.now())
  const isSigned = await who.accounts.isSigned(key, {
    algorithm: 'sha1',
    text: textToSign(request),
    signature: proof,
  })
  if (!isSigned) throw new RestError(401, 'Invalid signature. Please check your Secret key.')
  return key
}

async function orRefuse(find: () => Promise<KeyRecord>, detail: string): Promise<KeyRecord> {
  try {
    return await find()
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.kind === 'bad-credentials') throw new RestError(401, detail)
    throw thrown
  }
}

/** The client's own header first: a script in a browser may not set Date. */
const dateOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-uploadcare-date'] ?? headers.date ?? '')

function checkDate(incoming: IncomingMessage, now: number): void {
  const at = Date.parse(dateOf(incoming))
  if (Math.abs(now - at) <= toleranceMs) return
  throw new RestError(401, 'Invalid signature. The date of the request is more than 15 minutes off.')
}

function textToSign({ incoming, body }: SignedRequest): string {
  const { method = '', url = '', headers } = incoming
  const digest = createHash('md5').update(body).digest('hex')
  return [method, digest, headers['content-type'] ?? '', dateOf(incoming), url].join('\n')
}
