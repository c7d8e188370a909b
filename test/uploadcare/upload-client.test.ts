// The official upload client against a whole Halftone.
import { createHash, randomBytes } from 'node:crypto'
import { generateSecureSignature } from '@uploadcare/signed-uploads'
import {
  type FileFromOptions,
  multipartComplete,
  multipartStart,
  multipartUpload,
  UploadClient,
} from '@uploadcare/upload-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aServer, type Site } from '../origin/servers.ts'
import { jpeg, lying } from '../pictures.ts'
import { aHalftone, type Halftone, type Keys } from './halftone.ts'

const photo = await jpeg({ width: 320, height: 200 })
let halftone: Halftone
let open: Keys
let signed: Keys
let source: Site

beforeAll(async () => {
  halftone = await aHalftone()
  open = await halftone.keys('open')
  signed = await halftone.keys('signed', { signedUploads: true })
  source = await aServer((request, response) => {
    if (request.url?.startsWith('/cat')) return void response.end(photo)
    response.writeHead(Number(request.url?.slice(1))).end()
  })
})
afterAll(async () => {
  await source.close()
  await halftone.stop()
})

const clientOf = ({ publicKey }: Keys, more: Partial<FileFromOptions> = {}) =>
  new UploadClient({ publicKey, baseURL: halftone.url, baseCDN: `${halftone.url}/`, ...more })

const kept = (id: string) => halftone.kept(id)
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('a file is uploaded, and told with all that is known of it', async () => {
  const turned = await lying(6)
  const file = await clientOf(open).uploadFile(turned, {
    fileName: 'a cät.jpg',
    metadata: { kind: 'cat', 'with.dot': 'yes' },
    tags: ['one', 'two'],
  })
  expect(file).toMatchObject({
    name: 'a_c_t.jpg',
    originalFilename: 'a cät.jpg',
    size: turned.length,
    isStored: true,
    isImage: true,
    mimeType: 'image/jpeg',
    cdnUrl: `${halftone.url}/${file.uuid}/`,
    imageInfo: { format: 'JPEG', orientation: 6, colorMode: 'RGB', width: 64, height: 96, sequence: false },
    contentInfo: { mime: { mime: 'image/jpeg', type: 'image', subtype: 'jpeg' } },
    metadata: { kind: 'cat', withDot: 'yes' },
    tags: ['one', 'two'],
    s3Bucket: null,
  })
  expect(await kept(file.uuid)).toBe(sha256(turned))
})

test('what is no picture is kept all the same, and what is not to be stored is not', async () => {
  const notes = Buffer.from('<script>alert(1)</script>')
  const options = { fileName: 'notes.html', contentType: 'text/html', store: false } as const
  const file = await clientOf(open).uploadFile(notes, options)
  expect(file).toMatchObject({ isImage: false, isStored: false, imageInfo: null })
  expect(file.mimeType).toBe('application/octet-stream')
  expect(await kept(file.uuid)).toBe(sha256(notes))
})

test('60 MB go up in parts, by the client and by hand in random order', async () => {
  const big = Buffer.concat([photo, randomBytes(60_000_000)])
  const byClient = await clientOf(open).uploadFile(big, { fileName: 'big.jpg', contentType: 'image/jpeg' })
  expect(byClient).toMatchObject({ size: big.length, isImage: true, originalFilename: 'big.jpg' })
  expect(await kept(byClient.uuid)).toBe(sha256(big))

  const options = {
    publicKey: open.publicKey,
    baseURL: halftone.url,
    fileName: 'b.jpg',
    contentType: 'image/jpeg',
  }
  const { uuid, parts } = await multipartStart(big.length, options)
  expect(parts).toHaveLength(Math.ceil(big.length / 5_242_880))
  const order = parts.map((url, i) => ({ url, i })).sort(() => Math.random() - 0.5)
  for (const { url, i } of order) {
    const { code } = await multipartUpload(big.subarray(i * 5_242_880, (i + 1) * 5_242_880), url, {})
    expect(code).toBe(200)
  }
  const file = await multipartComplete(uuid, options)
  expect(file).toMatchObject({ uuid, isReady: true, isImage: true, mimeType: 'image/jpeg' })
  expect(await kept(uuid)).toBe(sha256(big))
  await expect(multipartComplete(uuid, options)).resolves.toMatchObject({ uuid })
})

test('a file is brought from an address, with progress and under a name, and not twice', async () => {
  const client = clientOf(open)
  const file = await client.uploadFile(`${source.url}/cat.jpg?1`, { saveUrlForRecurrentUploads: true })
  expect(file).toMatchObject({ originalFilename: 'cat.jpg', size: photo.length, isImage: true })
  expect(await kept(file.uuid)).toBe(sha256(photo))
  const again = await client.uploadFile(`${source.url}/cat.jpg?1`, { checkForUrlDuplicates: true })
  expect(again.uuid).toBe(file.uuid)
  const named = await client.uploadFile(`${source.url}/cat.jpg?1`, {
    fileName: 'dog.jpg',
    metadata: { a: '1' },
  })
  expect(named).toMatchObject({ originalFilename: 'dog.jpg', metadata: { a: '1' } })
  expect(named.uuid).not.toBe(file.uuid)
})

test('an address that gives nothing, or must not be asked, is an error with its code', async () => {
  const codeOf = (url: string) =>
    clientOf(open)
      .uploadFile(url, { source: 'url' })
      .then(
        () => 'fine',
        (error) => `${error.code}: ${error.message}`,
      )
  expect(await codeOf(`${source.url}/404`)).toBe('DownloadFileHTTPClientError: HTTP client error: 404.')
  expect(await codeOf(`${source.url}/500`)).toBe('DownloadFileHTTPServerError: HTTP server error: 500.')
  expect(await codeOf('http://10.1.2.3/')).toBe(
    'URLHostPrivateIPForbiddenError: Only public IPs are allowed.',
  )
  expect(await codeOf('http://a.example:22/cat.jpg')).toBe(
    'DownloadFileHTTPURLValidationError: HTTP URL validation error: Nothing is fetched from port 22.',
  )
  expect(await codeOf('ftp://a.example/x')).toBe('URLSchemeInvalidError: Invalid URL scheme.')
})

test('files become a group, in their order, with the operations they were named with', async () => {
  const client = clientOf(open)
  const [one, two] = await Promise.all([client.uploadFile(photo), client.uploadFile(photo)])
  const members = [two.uuid, `https://ucarecdn.com/${one.uuid}/-/resize/20x/`]
  const group = await client.group(members)
  expect(group.id).toMatch(/^[0-9a-f-]{36}~2$/)
  expect(group.cdnUrl).toBe(`${halftone.url}/${group.id}/`)
  expect(group.files.map((file) => [file?.uuid, file?.defaultEffects])).toEqual([
    [two.uuid, ''],
    [one.uuid, '-/resize/20x/'],
  ])
  expect(await client.groupInfo(group.id)).toEqual(group)
  const byIds = await client.uploadFileGroup([one.uuid, two.uuid])
  expect(byIds.files.map(({ uuid }) => uuid)).toEqual([one.uuid, two.uuid])
  await expect(client.group([crypto.randomUUID()])).rejects.toMatchObject({ code: 'GroupFilesNotFoundError' })
  await expect(client.group(['nonsense'])).rejects.toMatchObject({ code: 'GroupFileURLParsingFailedError' })
  await expect(client.groupInfo('nothing~1')).rejects.toMatchObject({ code: 'GroupNotFoundError' })
})

test('a project that wants signatures takes what is signed in time by its own secret, and nothing else', async () => {
  const upload = (more: object) =>
    clientOf(signed)
      .uploadFile(photo, more)
      .then(
        () => 'fine',
        ({ code }) => code,
      )
  const mine = generateSecureSignature(signed.secretKey, { lifetime: 60_000 })
  expect(await upload(mine)).toBe('fine')
  expect(await clientOf(signed).uploadFile(`${source.url}/cat.jpg`, mine)).toMatchObject({ isImage: true })
  expect(await upload({})).toBe('SignatureRequiredError')
  expect(await upload({ secureSignature: mine.secureSignature })).toBe('SignatureExpirationRequiredError')
  expect(await upload({ ...mine, secureExpire: 'soon' })).toBe('SignatureExpirationInvalidError')
  expect(await upload(generateSecureSignature(open.secretKey, { lifetime: 60_000 }))).toBe(
    'SignatureInvalidError',
  )
  const past = generateSecureSignature(signed.secretKey, { expire: Date.now() - 1000 })
  expect(await upload(past)).toBe('SignatureExpirationError')
  const later = String(Number(mine.secureExpire) + 1)
  expect(await upload({ ...mine, secureExpire: later })).toBe('SignatureInvalidError')
})

test('a key that is unknown, revoked or may not upload is refused by name', async () => {
  const removed = await halftone.keys('removed')
  await halftone.records.keys.revoke(removed.publicKey, Date.now())
  const reader = await halftone.keys('open', {}, ['files'])
  const codeOf = (publicKey: string) =>
    clientOf({ publicKey, secretKey: '' })
      .uploadFile(photo)
      .then(
        () => 'fine',
        ({ code }) => code,
      )
  expect(await codeOf('nobody')).toBe('ProjectPublicKeyInvalidError')
  expect(await codeOf(removed.publicKey)).toBe('ProjectPublicKeyRemovedError')
  expect(await codeOf(reader.publicKey)).toBe('UploadFailedError')
})

test("another project's file does not exist", async () => {
  const file = await clientOf(open).uploadFile(photo)
  const other = clientOf(await halftone.keys('other'))
  await expect(other.info(file.uuid)).rejects.toMatchObject({ code: 'FileNotFoundError' })
  await expect(other.group([file.uuid])).rejects.toMatchObject({ code: 'GroupFilesNotFoundError' })
  await expect(other.info('nonsense')).rejects.toMatchObject({ code: 'FileIdInvalidError' })
})
