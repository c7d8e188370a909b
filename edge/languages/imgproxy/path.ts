// Takes an imgproxy address apart: signature, options, source, extension.
import { createDecipheriv } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import { decoded, fromBase64 } from '../shared/values.ts'
import type { Said } from '../shared/words.ts'

export interface ImgproxyPath {
  readonly isInfo: boolean
  readonly signature: string
  /** As it was signed. */
  readonly signed: string
  readonly options: Said
  /** Percent-encoded as an address is. */
  readonly source: string
  readonly extension?: string | undefined
}

/** A path as long as this is no picture's. */
const maxPath = 4096
/** Nobody writes so many. */
const maxOptions = 100

/** `key` opens encrypted sources. */
export function readPath(rawPath: string, key: Buffer | undefined): ImgproxyPath {
  if (rawPath.length > maxPath) throw bad(`The path is longer than ${maxPath} characters`)
  const isInfo = rawPath.startsWith('/info/')
  const [, signature, rest = ''] = /^\/([^/]+)(\/.*)$/s.exec(isInfo ? rawPath.slice(5) : rawPath) ?? []
  if (signature === undefined) throw bad('Expected a signature, options and a source')
  const signed = repaired(rest)
  const parts = signed.slice(1).split('/')
  const end = parts.findIndex((part) => !part.includes(':') && part !== '-')
  if (end < 0) throw bad('The path names no source')
  if (end > maxOptions) throw bad(`The path has more than ${maxOptions} options`)
  const options = parts.slice(0, end).map((part) => {
    const at = part.indexOf(':')
    return [
      part.slice(0, at < 0 ? undefined : at),
      at < 0 ? '' : (decoded(part.slice(at + 1)) ?? ''),
    ] as const
  })
  return { isInfo, signature, signed, options, ...sourceOf(parts.slice(end), key) }
}

/** Before it is verified: colons that were encoded, and slashes of the source that a proxy merged. */
function repaired(rest: string): string {
  const plain = /^(.*?\/plain\/)(.*)$/s.exec(rest)
  const [, options = rest, source = ''] = plain ?? []
  const whole = source
    .replace(/^((?!local)[a-z0-9]+):\/(?=[^/])/i, '$1://')
    .replace(/^local:\/{1,2}(?=[^/])/, 'local:///')
  return options.replaceAll('%3A', ':') + whole
}

type Source = Pick<ImgproxyPath, 'source' | 'extension'>

function sourceOf([kind = '', ...rest]: readonly string[], key: Buffer | undefined): Source {
  if (kind === 'plain') return plainSource(rest.join('/'))
  const isEncrypted = kind === 'enc'
  const [text = '', extension, ...more] = (isEncrypted ? rest : [kind, ...rest]).join('').split('.')
  if (more.length > 0) throw bad('The source has two extensions')
  const address = isEncrypted ? decrypted(text, key) : fromBase64(text)
  if (address === undefined || address === '') throw bad('The source is not URL-safe Base64')
  return { source: spelled(address), extension: extension || undefined }
}

function plainSource(text: string): Source {
  const [address = '', extension, ...more] = text.split('@')
  if (more.length > 0) throw bad('The source has two extensions: a @ of its own is written %40')
  const source = decoded(address)
  if (!source) throw bad('The source is not percent-encoded UTF-8')
  return { source: spelled(source), extension: extension || undefined }
}

/** What was decoded is an address again: what may not stand in one is encoded. */
const spelled = (address: string): string =>
  address
    .replace(/[^\w.~!$&'()*+,;=:@/?%#-]/gu, (character) => encodeURIComponent(character))
    .replace(/%(?![0-9a-f]{2})/gi, '%25')

/** AES-CBC, PKCS#7, the initialisation vector in front. */
function decrypted(text: string, key: Buffer | undefined): string | undefined {
  if (!key)
    throw new Failure('bad-option', 'enc cannot be read: no encryption key is configured', { option: 'enc' })
  if (!/^[\w-]+={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < 32) return undefined
  try {
    const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, bytes.subarray(0, 16))
    const address = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString()
    return address.isWellFormed() ? address : undefined
  } catch {
    return undefined
  }
}

const bad = (reason: string): Failure => new Failure('bad-address', reason)
