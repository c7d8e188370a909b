// Whether a bucket of the settings can be read, for `halftone check`.
import { Agent } from 'undici'
import { asFailure } from '../errors.ts'
import { type BucketSettings, openBucket } from '../storage/index.ts'

/** Why the folder `prefix` of the bucket cannot be listed within `totalMs`, if it cannot. */
export async function bucketFault(
  settings: BucketSettings,
  prefix: string,
  totalMs: number,
): Promise<string | undefined> {
  // A way out of its own, which is cut at the end: clients try again for longer than an operator waits.
  const dispatcher = new Agent({ connect: { timeout: totalMs } })
  try {
    const bucket = await openBucket(settings.kind === 'folder' ? settings : { ...settings, dispatcher })
    const listed = bucket.list(prefix).then(() => undefined)
    listed.catch(() => {})
    return await Promise.race([listed, late(totalMs)])
  } catch (thrown) {
    return sentenceOf(thrown)
  } finally {
    await dispatcher.destroy()
  }
}

function late(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, ms, `no answer within ${ms / 1000} s`).unref())
}

function sentenceOf(thrown: unknown): string {
  const { message, details } = asFailure(thrown)
  const { cause } = details
  return cause instanceof Error && cause.message !== '' ? `${message} (${cause.message})` : message
}
