// Seals secrets, so that the database alone gives nothing away: AES-256-GCM under a key drawn from the instance's own
// secret, bound to the id of what they belong to.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Seal } from '../../../records/index.ts'

export type { Seal } from '../../../records/index.ts'

const version = 'v1'
const cipher = 'aes-256-gcm'

export function createSeal(instanceSecret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', instanceSecret, 'halftone', 'sealed keys', 32))
  return {
    close(id, secret) {
      const nonce = randomBytes(12)
      const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(id))
      const text = Buffer.concat([sealing.update(secret), sealing.final(), sealing.getAuthTag()])
      return [version, nonce.toString('base64url'), text.toString('base64url')].join('.')
    },
    open(id, sealed) {
      const [given, nonce, text] = sealed.split('.')
      if (given !== version || nonce === undefined || text === undefined) return undefined
      const bytes = Buffer.from(text, 'base64url')
      try {
        const opening = createDecipheriv(cipher, key, Buffer.from(nonce, 'base64url'))
          .setAAD(Buffer.from(id))
          .setAuthTag(bytes.subarray(-16))
        return Buffer.concat([opening.update(bytes.subarray(0, -16)), opening.final()]).toString()
      } catch {
        return undefined
      }
    },
  }
}
