// The official REST client against a whole Halftone, with both ways to say who asks.
import {
  AddonName,
  type AuthSchema,
  addonExecutionStatus,
  ConversionType,
  conversionInfo,
  conversionJobStatus,
  convert,
  copyFileToLocalStorage,
  copyFileToRemoteStorage,
  createWebhook,
  deleteFile,
  deleteFiles,
  deleteGroup,
  deleteMetadata,
  deleteWebhook,
  executeAddon,
  fileInfo,
  getMetadata,
  getMetadataValue,
  getTags,
  groupInfo,
  listOfFiles,
  listOfGroups,
  listOfWebhooks,
  paginate,
  replaceTags,
  searchFiles,
  storeFile,
  storeFiles,
  UploadcareAuthSchema,
  UploadcareSimpleAuthSchema,
  updateMetadata,
  updateTags,
  updateWebhook,
  WebhookEvent,
} from '@uploadcare/rest-client'
import { UploadClient } from '@uploadcare/upload-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { times } from '../journeys/cdn.ts'
import { jpeg } from '../pictures.ts'
import { aHalftone, type Halftone, type Keys } from './halftone.ts'

const photo = await jpeg()
const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
let halftone: Halftone

beforeAll(async () => {
  halftone = await aHalftone()
})
afterAll(() => halftone.stop())

const settingsOf = (authSchema: AuthSchema) => ({
  authSchema,
  apiBaseURL: `${halftone.url}/`,
  retryNetworkErrorMaxTimes: 0,
  retryThrottledRequestMaxTimes: 0,
})

const schemes = [
  { name: 'the secret itself', schemaOf: (keys: Keys) => new UploadcareSimpleAuthSchema(keys) },
  { name: 'a signature', schemaOf: (keys: Keys) => new UploadcareAuthSchema(keys) },
]

async function aProject(schemaOf: (keys: Keys) => AuthSchema, scopes?: string[]) {
  const keys = await halftone.keys(crypto.randomUUID(), {}, scopes)
  const client = new UploadClient({ publicKey: keys.publicKey, baseURL: halftone.url })
  const upload = async (more: { store?: boolean; fileName?: string } = {}) =>
    (await client.uploadFile(photo, { fileName: 'cat.jpg', ...more })).uuid
  return { keys, client, upload, settings: settingsOf(schemaOf(keys)) }
}

describe.each(schemes)('with $name', ({ schemaOf }) => {
  test('a file is shown, stored and removed', async () => {
    const { upload, settings } = await aProject(schemaOf)
    const uuid = await upload({ store: false })
    const file = await fileInfo({ uuid }, settings)
    expect(file).toMatchObject({
      uuid,
      url: `${halftone.url}/files/${uuid}/`,
      originalFileUrl: `${halftone.url}/${uuid}/cat.jpg`,
      originalFilename: 'cat.jpg',
      size: photo.length,
      mimeType: 'image/jpeg',
      isImage: true,
      isReady: true,
      datetimeStored: null,
      datetimeRemoved: null,
      metadata: {},
      contentInfo: { mime: { mime: 'image/jpeg' }, image: { width: 96, height: 64, format: 'JPEG' } },
    })
    expect(await fileInfo({ uuid, include: 'appdata' }, settings)).toMatchObject({ appdata: {} })
    expect((await storeFile({ uuid }, settings)).datetimeStored).toMatch(/^20..-/)
    expect(await deleteFile({ uuid }, settings)).toMatchObject({
      uuid,
      originalFileUrl: null,
      isReady: false,
    })
    expect((await fileInfo({ uuid }, settings)).datetimeRemoved).toMatch(/^20..-/)
    expect(await halftone.kept(uuid)).toBeUndefined()
    await expect(storeFile({ uuid }, settings)).rejects.toThrow('Not found.')
    await expect(fileInfo({ uuid: crypto.randomUUID() }, settings)).rejects.toThrow('Not found.')
  })

  test('many are stored and removed at once, and each that was not is named', async () => {
    const { upload, settings } = await aProject(schemaOf)
    const uuids = await Promise.all(times(3, () => upload({ store: false })))
    const missing = crypto.randomUUID()
    const stored = await storeFiles({ uuids: [...uuids, missing, 'nonsense'] }, settings)
    expect(stored.problems).toEqual({ [missing]: 'Missing in the project', nonsense: 'Invalid' })
    expect(stored.result.map(({ uuid }) => uuid)).toEqual(uuids)
    expect((await deleteFiles({ uuids }, settings)).result).toHaveLength(3)
    await expect(storeFiles({ uuids: [] }, settings)).rejects.toThrow('List of UUIDs can not be empty')
    const tooMany = times(101, () => missing)
    await expect(storeFiles({ uuids: tooMany }, settings)).rejects.toThrow('Maximum UUIDs per request')
  })

  test('files are listed page by page, each once, in both orders and from a moment on', async () => {
    const { upload, settings } = await aProject(schemaOf)
    const uuids: string[] = []
    for (let i = 0; i < 5; i++) uuids.push(await upload({ store: i % 2 === 0 }))
    for (const [ordering, expected] of [
      ['datetime_uploaded', uuids],
      ['-datetime_uploaded', [...uuids].reverse()],
    ] as const) {
      const seen: string[] = []
      for await (const page of paginate(listOfFiles)({ limit: 2, ordering }, settings)) {
        expect(page).toMatchObject({ perPage: 2, total: 5, totals: { stored: 3, unstored: 2, removed: 0 } })
        seen.push(...page.results.map(({ uuid }) => uuid))
      }
      expect(seen).toEqual(expected)
    }
    const middle = await fileInfo({ uuid: uuids[2] ?? '' }, settings)
    const from = new Date(middle.datetimeUploaded)
    const late = await listOfFiles({ from, ordering: 'datetime_uploaded' }, settings)
    expect(late.results[0]?.uuid).toBe(uuids[2])
    expect((await listOfFiles({ stored: false }, settings)).results).toHaveLength(2)
    await deleteFile({ uuid: uuids[0] ?? '' }, settings)
    const removed = await listOfFiles({ removed: true }, settings)
    expect(removed).toMatchObject({ total: 1, results: [{ uuid: uuids[0] }] })
    await expect(listOfFiles({ limit: 1001 }, settings)).rejects.toThrow('limit should be')
  })

  test('a file is copied here, and elsewhere only where there is an elsewhere', async () => {
    const { upload, settings } = await aProject(schemaOf)
    const source = await upload()
    const copy = await copyFileToLocalStorage({ source, store: true, metadata: { a: '1' } }, settings)
    expect(copy).toMatchObject({ type: 'file', result: { metadata: { a: '1' }, size: photo.length } })
    expect(await halftone.kept(copy.result.uuid)).toBe(await halftone.kept(source))
    const byUrl = { source: `https://ucarecdn.com/${source}/` }
    expect((await copyFileToLocalStorage(byUrl, settings)).result.uuid).toMatch(uuidShape)
    await expect(copyFileToLocalStorage({ source: 'nonsense' }, settings)).rejects.toThrow('Bad `source`')
    const far = { source, target: 'bucket' }
    await expect(copyFileToRemoteStorage(far, settings)).rejects.toThrow('no storage to copy to')
  })

  test('metadata is read, written and removed key by key', async () => {
    const { upload, settings } = await aProject(schemaOf)
    const uuid = await upload()
    expect(await updateMetadata({ uuid, key: 'a.b-c:d_e', value: 'one "two" ü' }, settings)).toBe(
      'one "two" ü',
    )
    await updateMetadata({ uuid, key: 'a.b-c:d_e', value: 'three' }, settings)
    await updateMetadata({ uuid, key: 'other', value: 'x' }, settings)
    expect(await getMetadata({ uuid }, settings)).toEqual({ 'a.b-c:d_e': 'three', other: 'x' })
    expect(await getMetadataValue({ uuid, key: 'other' }, settings)).toBe('x')
    await deleteMetadata({ uuid, key: 'other' }, settings)
    await expect(getMetadataValue({ uuid, key: 'other' }, settings)).rejects.toThrow('Not found.')
    await expect(deleteMetadata({ uuid, key: 'other' }, settings)).rejects.toThrow('Not found.')
    await expect(updateMetadata({ uuid, key: 'bad key', value: 'x' }, settings)).rejects.toThrow('metadata')
  })

  test('tags are replaced as a whole, or added and removed', async () => {
    const { upload, settings } = await aProject(schemaOf)
    const uuid = await upload()
    expect(await replaceTags({ uuid, tags: ['b', 'a'] }, settings)).toEqual({
      tags: ['b', 'a'],
      added: ['a', 'b'],
      deleted: [],
    })
    expect(await updateTags({ uuid, add: ['c'], delete: ['b'] }, settings)).toEqual({
      tags: ['a', 'c'],
      added: ['c'],
      deleted: ['b'],
    })
    expect(await getTags({ uuid }, settings)).toEqual({ tags: ['a', 'c'] })
  })

  test('groups are listed and shown, and go without their files', async () => {
    const { upload, client, settings } = await aProject(schemaOf)
    const uuids = await Promise.all([upload(), upload()])
    const made = [await client.group(uuids), await client.group(uuids), await client.group(uuids)]
    const seen: string[] = []
    for await (const page of paginate(listOfGroups)({ limit: 2 }, settings))
      seen.push(...page.results.map(({ id }) => id))
    expect(seen).toEqual(made.map(({ id }) => id))
    const uuid = made[0]?.id ?? ''
    expect(await groupInfo({ uuid }, settings)).toMatchObject({
      id: uuid,
      filesCount: 2,
      files: uuids.map((one) => ({ uuid: one, originalFilename: 'cat.jpg' })),
    })
    await deleteGroup({ uuid }, settings)
    await expect(groupInfo({ uuid }, settings)).rejects.toThrow('Not found.')
    expect(await fileInfo({ uuid: uuids[0] ?? '' }, settings)).toMatchObject({ isReady: true })
  })

  test('webhooks are subscribed, changed and ended', async () => {
    const { settings } = await aProject(schemaOf)
    const targetUrl = 'https://receiver.example/in'
    const event = WebhookEvent.FILE_UPLOADED
    const hook = await createWebhook({ targetUrl, event, signingSecret: 'whisper' }, settings)
    expect(hook).toMatchObject({ targetUrl, event, isActive: true, signingSecret: 'whisper', version: '0.7' })
    await expect(createWebhook({ targetUrl, event }, settings)).rejects.toThrow('already')
    expect(await updateWebhook({ id: hook.id, isActive: false }, settings)).toMatchObject({
      id: hook.id,
      isActive: false,
      signingSecret: 'whisper',
    })
    expect(await listOfWebhooks({}, settings)).toHaveLength(1)
    const other = await aProject(schemaOf)
    await expect(updateWebhook({ id: hook.id, isActive: true }, other.settings)).rejects.toThrow('Not found.')
    await deleteWebhook({ targetUrl }, settings)
    expect(await listOfWebhooks({}, settings)).toEqual([])
    const inside = { targetUrl: 'http://10.0.0.1/', event }
    await expect(createWebhook(inside, settings)).rejects.toThrow('not a public one')
  })

  test('a webhook cannot be changed into one that the project has by another API', async () => {
    const { keys, settings } = await aProject(schemaOf)
    const [mine, theirs] = ['https://receiver.example/mine', 'https://receiver.example/theirs']
    const event = WebhookEvent.FILE_UPLOADED
    const native = await fetch(`${halftone.url}/v1/webhooks`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${keys.publicKey}.${keys.secretKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ event, url: theirs }),
    })
    expect(native.status).toBe(201)
    await expect(createWebhook({ targetUrl: theirs, event }, settings)).rejects.toThrow('already')
    const { id } = await createWebhook({ targetUrl: mine, event }, settings)
    await expect(updateWebhook({ id, targetUrl: theirs }, settings)).rejects.toThrow('already')
    expect(await listOfWebhooks({}, settings)).toMatchObject([{ id, targetUrl: mine }])
  })

  test('what is not done here is refused by name', async () => {
    const { upload, settings } = await aProject(schemaOf)
    const document = { type: ConversionType.DOCUMENT, paths: [`${await upload()}/document/-/format/pdf/`] }
    await expect(convert(document, settings)).rejects.toThrow('cannot be converted')
    const token = { type: ConversionType.VIDEO, token: 1 }
    await expect(conversionJobStatus(token, settings)).rejects.toThrow('no conversions')
    const uuid = await upload()
    await expect(conversionInfo({ uuid }, settings)).rejects.toThrow('cannot be converted')
    const addon = { addonName: AddonName.UC_CLAMAV_VIRUS_SCAN, target: uuid }
    await expect(executeAddon(addon, settings)).rejects.toThrow('no add-ons')
    const asked = { addonName: AddonName.REMOVE_BG, requestId: uuid }
    await expect(addonExecutionStatus(asked, settings)).rejects.toThrow('no add-ons')
    await expect(searchFiles({ query: 'cats' }, settings)).rejects.toThrow('cannot be searched')
  })

  test('a wrong secret, an unknown key and a key without the scope are refused', async () => {
    const { keys } = await aProject(schemaOf)
    const ask = (wrong: Keys) => listOfFiles({}, settingsOf(schemaOf(wrong)))
    await expect(ask({ ...keys, secretKey: 'wrong' })).rejects.toThrow(/secret key/i)
    await expect(ask({ ...keys, publicKey: 'nobody' })).rejects.toThrow('Public key nobody not found.')
    const uploader = await aProject(schemaOf, ['upload'])
    await expect(listOfFiles({}, uploader.settings)).rejects.toThrow("lacks the scope 'files'")
  })
})
