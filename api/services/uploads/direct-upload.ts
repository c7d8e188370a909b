// Files that arrive whole: received from a client, or copied from another file.
import { createReadStream } from 'node:fs'
import { Failure } from '../../../errors.ts'
import type { FileRecord } from '../../../records/index.ts'
import { uploadKey } from '../../../storage/index.ts'
import type { Received } from '../../intake/intake.ts'
import type { UploadsContext } from './context.ts'
import { begin, giveUp, settle } from './lifecycle.ts'
import { factsOfFile } from './picture-facts.ts'
import type { UploadOptions } from './uploads.ts'

export async function addWhole(
  context: UploadsContext,
  received: Received,
  wanted: UploadOptions,
): Promise<FileRecord> {
  try {
    const { name, type, bytes } = received
    await wanted.hold?.take(bytes)
    const id = await begin(context, { wanted, name, type, bytes })
    const file = await settle(context, { id, facts: await keepOrGiveUp(context, id, received) })
    wanted.hold?.settle()
    return file
  } finally {
    await received.discard()
  }
}

async function keepOrGiveUp(
  context: UploadsContext,
  id: string,
  received: Received,
): Promise<FileRecord['facts']> {
  try {
    return await keep(context, id, received)
  } catch (thrown) {
    await giveUp(context, id)
    throw thrown
  }
}

/** Writes the bytes to the bucket and returns the picture's facts. On the disk when it resolves; may be repeated. */
export async function keep(
  context: UploadsContext,
  id: string,
  received: Received,
): Promise<FileRecord['facts']> {
  const { file, type, bytes, sha256, identification } = received
  await context.bucket.put(uploadKey(id), createReadStream(file), { type, length: bytes, sha256 })
  return factsOfFile(file, identification)
}

export async function copyFile(
  context: UploadsContext,
  source: string,
  wanted: UploadOptions,
): Promise<FileRecord> {
  const from = await context.records.files.get(source)
  if (from?.project !== wanted.project || from.state !== 'ready') throw noFile()
  const { name, type, bytes, facts, metadata, tags } = from
  await wanted.hold?.take(bytes)
  const id = await begin(context, { wanted: { metadata, tags, ...wanted }, name, type, bytes })
  try {
    if (!(await context.bucket.copy(uploadKey(source), uploadKey(id)))) throw noFile()
  } catch (thrown) {
    await giveUp(context, id)
    throw thrown
  }
  const file = await settle(context, { id, facts })
  wanted.hold?.settle()
  return file
}

export const noFile = () => new Failure('not-found', 'There is no such file.')
