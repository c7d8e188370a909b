// From one received picture to its results: processed, kept in storage, delivered. The records are the caller's.
import { createHash, randomBytes } from 'node:crypto'
import type { Processing } from '../../../processing/processing.ts'
import type { Records } from '../../../records/index.ts'
import { type Bucket, resultKey } from '../../../storage/index.ts'
import type { Received } from '../../intake/intake.ts'
import type { DeliverToBucket } from './bucket-delivery.ts'
import type { Call, OptimisedResult, Wish } from './optimising.ts'
import { addressOf, resultName } from './result-names.ts'
import type { KeptResult } from './result-rows.ts'

export interface MakeContext {
  readonly processing: Processing
  readonly bucket: Bucket
  readonly deliver: DeliverToBucket
  /** How long results live, milliseconds. */
  readonly retentionMs: Readonly<Record<Call['retention'], number>>
  readonly now: () => number
  readonly records: Pick<Records, 'nextId'>
}

export interface MakeRequest {
  readonly call: Call
  readonly received: Received
  readonly priority: 'foreground' | 'background'
  /** Of the results' records, where they were promised before. */
  readonly ids?: readonly string[]
  readonly signal: AbortSignal
}

export type MadeResult = Omit<KeptResult, 'outcome'> & { readonly outcome: OptimisedResult }

/** All of them or none: the first that fails ends the others. */
export async function makeAll(workshop: MakeContext, making: MakeRequest): Promise<readonly MadeResult[]> {
  const end = new AbortController()
  const signal = AbortSignal.any([making.signal, end.signal])
  const all = making.call.wishes.map((wish, index) =>
    makeOne(workshop, { ...making, signal }, { wish, index }),
  )
  try {
    return await Promise.all(all)
  } finally {
    end.abort()
    // None of them reads the source any more when it is discarded.
    await Promise.allSettled(all)
  }
}

async function makeOne(
  { processing, bucket, deliver, retentionMs, now, records }: MakeContext,
  { call, received, priority, ids, signal }: MakeRequest,
  { wish, index }: { wish: Wish; index: number },
): Promise<MadeResult> {
  const { edit, optimise } = wish
  const order = { file: received.file, edit, optimise, owner: call.key.project, priority }
  const { figures, body } = await processing.process(order, signal)
  const name = wish.name ?? resultName(received.name, figures.format)
  const expires = now() + retentionMs[call.retention]
  // Random, and not the record's id, which tells the time: the address is all that protects the result.
  const storageKey = resultKey({ id: randomBytes(16).toString('hex'), name, expiresAt: expires })
  await bucket.put(storageKey, body, { type: figures.type, length: body.length, signal })
  const delivered =
    wish.target && (await deliver({ target: wish.target, name, body, type: figures.type, signal }))
  return {
    wish,
    storageKey,
    outcome: {
      id: ids?.[index] ?? records.nextId(now()),
      ...(wish.id === undefined ? {} : { wish: wish.id }),
      name,
      url: delivered ?? addressOf(call.base, storageKey),
      figures,
      sourceSha1: received.sha1,
      sha1: createHash('sha1').update(body).digest('hex'),
      sourceName: received.name,
      expires,
      body,
    },
  }
}
