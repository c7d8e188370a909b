// Which addresses a webhook may be sent to, by their text alone; what a name resolves to is the guard's question.
import { isIP } from 'node:net'
import { Failure } from '../../errors.ts'
import { type AddressRule, mayConnect, parseAddressRules } from '../../origin/addresses.ts'

export type Targets = readonly AddressRule[]

export interface Target {
  /** Without user, password and fragment. */
  readonly href: string
  /** From the user and password that the address carried. */
  readonly authorization: string | undefined
}

/** Long enough for any receiver's own parameters. */
const maxLength = 2048

export const createTargets = (allowAddresses: readonly string[]): Targets => parseAddressRules(allowAddresses)

/** Fails with 'bad-address' for what is no address of the web, 'forbidden-address' for one that is not public. */
export function allowedTarget(text: string, targets: Targets): Target {
  if (text.length > maxLength || !URL.canParse(text)) throw badAddress(text, 'is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw badAddress(text, 'is neither http nor https')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) && !mayConnect(host, targets))
    throw new Failure('forbidden-address', 'The webhook address is not a public one.')
  const authorization = basicOf(url)
  url.username = ''
  url.password = ''
  url.hash = ''
  return { href: url.href, authorization }
}

/** RFC 7617 2: user and password as they were before they were escaped for the URL. */
function basicOf({ username, password, href }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(pair).toString('base64')}`
  } catch {
    throw badAddress(href, 'has a user or password that cannot be read')
  }
}

/** Without user and password, which an error must not repeat. */
const badAddress = (text: string, why: string) =>
  new Failure('bad-address', `The webhook address ${why}.`, {
    expected: `an http or https URL of at most ${maxLength} characters`,
    received: text.replace(/\/\/[^/]*@/, '//…@'),
  })
