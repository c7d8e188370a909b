// Bodies and folders for the tests of storage.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished } from 'vitest'
import type { Bucket, GetOptions } from '../../storage/bucket.ts'

/** A folder that goes with the test. */
export function aFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-storage-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }))
  return dir
}

export const megabyte = 1024 * 1024

export const someBytes = (length: number): Buffer => randomBytes(length)

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** In chunks of an awkward size, as they come from a socket. */
export const streamOf = (bytes: Buffer, chunk = 10_007): Readable =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
    })(),
    { objectMode: false },
  )

/** Breaks off after some of it. */
export const brokenStream = (bytes: Buffer): Readable =>
  Readable.from(
    (async function* () {
      yield bytes
      throw new Error('the client went away')
    })(),
    { objectMode: false },
  )

export async function readWhole(
  bucket: Bucket,
  key: string,
  options?: GetOptions,
): Promise<Buffer | undefined> {
  const found = await bucket.get(key, options)
  return found && (await buffer(found.body))
}

export async function allKeys(bucket: Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for (let after: string | undefined, more = true; more; ) {
    const page = await bucket.list(prefix, after)
    keys.push(...page.files.map(({ key }) => key))
    after = page.after
    more = after !== undefined
  }
  return keys
}

/** Puts a file under a name that must be escaped, and gives a link to it, which works by itself. */
export async function aWorkingLink(bucket: Bucket): Promise<{ key: string; link: string }> {
  const key = "links/a b+ü'.jpg"
  await bucket.put(key, Buffer.from('linked'), { type: 'image/jpeg' })
  const link = (await bucket.link?.(key, Date.now() + 60_000)) ?? ''
  const answer = await fetch(link)
  expect([answer.status, await answer.text()]).toEqual([200, 'linked'])
  return { key, link }
}
