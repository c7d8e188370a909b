// A Swift address that works by itself until a moment (TempURL).
// https://docs.openstack.org/swift/latest/api/temporary_url_middleware.html
import { createHmac } from 'node:crypto'
import { percentEncode, percentEncodeKey } from '../percent-encoding.ts'

export interface TempUrl {
  readonly storageUrl: string
  readonly container: string
  readonly key: string
  readonly linkKey: string
  readonly until: number
}

export function temporaryAddress({ storageUrl, container, key, linkKey, until }: TempUrl): string {
  const expires = Math.floor(until / 1000)
  // The signature is over the path as it reads, the address has it encoded.
  const path = `${decodeURIComponent(new URL(storageUrl).pathname)}/${container}/${key}`
  const signature = createHmac('sha256', linkKey).update(`GET\n${expires}\n${path}`).digest('hex')
  const address = `${storageUrl}/${percentEncode(container)}/${percentEncodeKey(key)}`
  return `${address}?temp_url_sig=${signature}&temp_url_expires=${expires}`
}
