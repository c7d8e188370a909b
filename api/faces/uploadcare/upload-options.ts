// Reads who uploads, and the options of the file, from the fields of a request to the Upload API.
import type { KeyRecord } from '../../../records/index.ts'
import type { Hold } from '../../services/accounts/accounts.ts'
import type { UploadOptions } from '../../services/uploads/index.ts'
import type { ApiParts } from '../parts.ts'
import { Refusal } from './upload-errors.ts'
import type { UploadRequest } from './upload-request.ts'

type UploadAccess = Pick<ApiParts, 'accounts' | 'records' | 'rateLimits' | 'now'>

/** Of the project that the public key names. `name` is how this request calls the key. */
export async function keyOf(asked: UploadRequest, who: UploadAccess, name?: string): Promise<KeyRecord> {
  const key = await findKey(asked, who, name)
  await who.rateLimits.take(key, asked.c.env)
  return key
}

async function findKey(
  asked: UploadRequest,
  { accounts, records }: UploadAccess,
  name = 'pub_key',
): Promise<KeyRecord> {
  const id = asked.field(name) ?? asked.field('pub_key') ?? asked.field('UPLOADCARE_PUB_KEY')
  if (id === undefined) throw new Refusal('ProjectPublicKeyRequiredError', name)
  try {
    return await accounts.byPublicKey(id)
  } catch (thrown) {
    if ((thrown as { kind?: string }).kind !== 'bad-credentials') throw thrown
    const isRemoved = ((await records.keys.get(id))?.revoked ?? null) !== null
    throw isRemoved
      ? new Refusal('ProjectPublicKeyRemovedError', id)
      : new Refusal('ProjectPublicKeyInvalidError', name)
  }
}

/** Who may add files now: the scope, the quota, and the signature where the project demands one. */
export async function uploaderOf(asked: UploadRequest, who: UploadAccess, name?: string): Promise<Uploader> {
  const key = await findKey(asked, who, name)
  who.accounts.require(key, 'upload')
  await checkSignature(asked, key, who)
  // Behind the signature: its public half is no secret, and nobody else is to use up its calls.
  await who.rateLimits.take(key, asked.c.env)
  return { ...key, hold: await holdQuota(asked, key, who) }
}

/** Whose upload it is, and what it holds of the quota. */
export type Uploader = KeyRecord & { readonly hold: Hold }

/** Of one file; given back with the answer where it came to nothing. */
export async function holdQuota(
  asked: UploadRequest,
  key: KeyRecord,
  { accounts }: UploadAccess,
): Promise<Hold> {
  const hold = await accounts.reserve(key)
  asked.holds.push(hold)
  return hold
}

/** Hex HMAC-SHA-256 over the decimal text of `expire` (reference, section 5). */
async function checkSignature(
  asked: UploadRequest,
  key: KeyRecord,
  { accounts, now }: UploadAccess,
): Promise<void> {
  if (!accounts.requiresSignature(key)) return
  const [signature, expire] = [asked.field('signature'), asked.field('expire')]
  if (signature === undefined) throw new Refusal('SignatureRequiredError')
  if (expire === undefined) throw new Refusal('SignatureExpirationRequiredError')
  if (!/^\d{1,12}$/.test(expire)) throw new Refusal('SignatureExpirationInvalidError')
  if (Number(expire) * 1000 < now()) throw new Refusal('SignatureExpirationError')
  const isOurs = await accounts.isSigned(key, { algorithm: 'sha256', text: expire, signature })
  if (!isOurs) throw new Refusal('SignatureInvalidError')
}

export function uploadOptions(asked: UploadRequest, { id, project, hold }: Uploader): UploadOptions {
  const store = asked.field('UPLOADCARE_STORE') ?? asked.field('store')
  return {
    project,
    keyId: id,
    hold,
    // 'auto' is the project's own wish, which here is to keep what is uploaded.
    store: store !== '0' && store !== 'false',
    metadata: metadataOf(asked),
    tags: (asked.field('tags') ?? '').split(',').flatMap((tag) => tag.trim() || []),
  }
}

/** `metadata[key]=value`, each checked here for its own error. */
function metadataOf({ fields }: UploadRequest): Record<string, string> {
  const metadata = new Map<string, string>()
  for (const { name, value } of fields) {
    const key = /^metadata\[(.*)\]$/s.exec(name)?.[1]
    if (key === undefined) continue
    if (metadata.has(key)) throw new Refusal('FileMetadataKeyDuplicatedError', key)
    checkPair(key, value)
    metadata.set(key, value)
  }
  if (metadata.size > 50) throw new Refusal('FileMetadataKeysNumberTooBigError')
  return Object.fromEntries(metadata)
}

function checkPair(key: string, value: string): void {
  if (key === '') throw new Refusal('FileMetadataKeyEmptyError')
  if (key.length > 64) throw new Refusal('FileMetadataKeyLengthTooBigError', key)
  if (!/^[\w\-.:]+$/.test(key)) throw new Refusal('FileMetadataKeyForbiddenError', key)
  if (value === '') throw new Refusal('FileMetadataValueEmptyError', key)
  if (value.length > 512) throw new Refusal('FileMetadataValueLengthTooBigError', key)
}

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const isUuid = (text: string): boolean => uuidShape.test(text)
