// Addresses of uploads that others than the edge answer, a group's: signed as the files themselves are.
import { refuseExpired, type Signing, sign } from '../../signature.ts'
import { ourExpiry } from './expiry.ts'
import { expiryOf, verifyToken } from './token.ts'

export interface UploadDelivery {
  /**
   * Passes when the address (path and query as sent) is signed, where the source asks for it; tells when it ends, in
   * Unix seconds. Throws 'bad-signature' or 'expired'.
   */
  admit(target: string): number | undefined
  /** The path of a file as an address that is admitted, until `expires`. */
  address(path: string, expires: number | undefined): string
}

export function createUploadDelivery(signing: Signing, now: () => number): UploadDelivery {
  return {
    admit(whole) {
      const [rawPath = '', query = ''] = whole.split(/\?(.*)/s)
      verifyToken({ whole, rawPath, query }, signing)
      const expires = expiryOf(query) ?? ourExpiry(query)
      refuseExpired(expires, now())
      return expires
    },
    address: (path, expires) => sign(expires === undefined ? path : `${path}?expires=${expires}`, signing),
  }
}
