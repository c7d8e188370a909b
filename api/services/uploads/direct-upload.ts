// Files that come in one piece: received from a client, or copied from one that is here.
import { createReadStream } from 'node:fs'
import { Failure } from '../../../errors.ts'
import type { FileRecord } from '../../../records/index.ts'
import { uploadKey } from '../../../storage/index.ts'
import type { Received } from '../../intake/intake.ts'
import type { Kit } from './context.ts'
import { begin, giveUp, settle } from './lifecycle.ts'
import { factsOfFile } from './picture-facts.ts'
import type { Wanted } from './uploads.ts'

export async function addWhole(kit: Kit, received: Received, wanted: Wanted): Promise<FileRecord> {
  try {
    const { name, type, bytes } = received
    await wanted.hold?.take(bytes)
    const id = await begin(kit, { wanted, name, type, bytes })
    const file = await settle(kit, { id, facts: await kept(kit, id, received) })
    wanted.hold?.settled()
    return file
  } finally {
    await received.discard()
  }
}

async function kept(kit: Kit, id: string, received: Received): Promise<FileRecord['facts']> {
  try {
    return await keep(kit, id, received)
  } catch (thrown) {
    await giveUp(kit, id)
    throw thrown
  }
}

/** The bytes, on the disk when it resolves, and what is to be known of them. May be done again. */
export async function keep(kit: Kit, id: string, received: Received): Promise<FileRecord['facts']> {
  const { file, type, bytes, sha256, identification } = received
  await kit.bucket.put(uploadKey(id), createReadStream(file), { type, length: bytes, sha256 })
  return factsOfFile(file, identification)
}

export async function copyOf(kit: Kit, source: string, wanted: Wanted): Promise<FileRecord> {
  const from = await kit.records.files.get(source)
  if (from?.project !== wanted.project || from.state !== 'ready') throw noFile()
  const { name, type, bytes, facts, metadata, tags } = from
  await wanted.hold?.take(bytes)
  const id = await begin(kit, { wanted: { metadata, tags, ...wanted }, name, type, bytes })
  try {
    if (!(await kit.bucket.copy(uploadKey(source), uploadKey(id)))) throw noFile()
  } catch (thrown) {
    await giveUp(kit, id)
    throw thrown
  }
  const file = await settle(kit, { id, facts })
  wanted.hold?.settled()
  return file
}

export const noFile = () => new Failure('not-found', 'There is no such file.')
