// A bucket behind a network with its faults as failures, and no body left behind by a put that failed.
import { Readable } from 'node:stream'
import type { Bucket } from './bucket.ts'
import { storageFailure } from './failures.ts'
import { dismiss } from './verified-body.ts'

/** `secrets` never leave, not even in a cause. */
export const wrapRemoteBucket =
  (secrets: readonly string[]) =>
  (bucket: Bucket): Bucket => {
    const guarded = Object.entries(bucket).map(([name, method]) => [
      name,
      async (...args: readonly unknown[]) => {
        try {
          return await method(...args)
        } catch (thrown) {
          for (const arg of args) if (arg instanceof Readable) dismiss(arg)
          throw args.some((arg) => isFailureOf(arg, thrown)) ? thrown : storageFailure(thrown, secrets)
        }
      },
    ])
    return Object.fromEntries(guarded)
  }

/** What a caller's own stream failed with is the caller's and stays as it is. */
const isFailureOf = (arg: unknown, thrown: unknown): boolean =>
  arg instanceof Readable && arg.errored === thrown && (thrown as Error)?.name !== 'AbortError'
