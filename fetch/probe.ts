// Whether a web server answers by the guarded way out, in words for the operator who named it.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { request } from 'undici'
import { mayConnect, parseAddressRules } from './addresses.ts'
import { createGuard } from './guard.ts'
import { dismiss } from './refusals.ts'

export interface ProbeOptions {
  readonly allowAddresses: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly connectMs: number
  /** For the name, the connection and the first byte together. */
  readonly totalMs: number
}

/**
 * Why nothing can be fetched from this server; undefined if it can be reached. Any answer will do, also a refusal,
 * because no path of a picture is known. A server error will not do, nor an address that the guard refuses.
 */
export async function probeServer(url: URL, reach: ProbeOptions): Promise<string | undefined> {
  const { headers, allowAddresses, connectMs, totalMs } = reach
  const signal = AbortSignal.timeout(totalMs)
  const dispatcher = createGuard({ allowAddresses, connectMs })
  try {
    const refused = await within(signal, findRefusedAddress(bare(url.hostname), allowAddresses))
    if (refused !== undefined) return `${refused} is not a public address: name it in allowAddresses`
    const response = await request(url, { dispatcher, headers, signal })
    dismiss(response)
    return response.statusCode >= 500 ? `it answers with status ${response.statusCode}` : undefined
  } catch (thrown) {
    return signal.aborted ? `no answer within ${totalMs / 1000} s` : reasonOf(thrown)
  } finally {
    await dispatcher.destroy()
  }
}

async function findRefusedAddress(host: string, allowed: readonly string[]): Promise<string | undefined> {
  const rules = parseAddressRules(allowed)
  const addresses = isIP(host) ? [{ address: host }] : await lookup(host, { all: true })
  return addresses.find(({ address }) => !mayConnect(address, rules))?.address
}

/** A name server may be silent for longer than anybody waits, and cannot be told to stop. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const over = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
  return Promise.race([work, over])
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

/** Of several addresses that were tried, none may have left a sentence; then the code says it. */
function reasonOf(thrown: unknown): string {
  const { message, code } = thrown as NodeJS.ErrnoException
  return message || code || 'it cannot be reached'
}
