// Which addresses a webhook may be sent to, judged by their text. The guard judges what a host name resolves to.
import { isIP } from 'node:net'
import { Failure } from '../../../errors.ts'
import { type AddressRule, mayConnect, parseAddressRules } from '../../../fetch/addresses.ts'
import { isBlockedPort } from '../../../fetch/ports.ts'

export type WebhookTargetRules = readonly AddressRule[]

export interface WebhookTarget {
  /** Without user, password and fragment. */
  readonly href: string
  /** From the user and password that the address carried. */
  readonly authorization: string | undefined
}

/** Long enough for any receiver's own parameters. */
const maxLength = 2048

export const createTargetRules = (allowAddresses: readonly string[]): WebhookTargetRules =>
  parseAddressRules(allowAddresses)

/** Fails with 'bad-address' for what is no address of the web, 'forbidden-address' for one that is not public. */
export function parseTarget(text: string, targets: WebhookTargetRules): WebhookTarget {
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

/** As `allowedTarget`, and fails with 'forbidden-address' for a port of another service, which the guard refuses too. */
export function parseWebTarget(text: string, targets: WebhookTargetRules): WebhookTarget {
  const target = parseTarget(text, targets)
  const { port } = new URL(target.href)
  if (!isBlockedPort(port)) return target
  throw new Failure('forbidden-address', `The webhook address has a port of another service, ${port}.`)
}

/**
 * For an address that is kept and shown in lists, as `webTarget`. Fails with 'bad-address' for one with a user or a
 * password, which would lie there in clear.
 */
export function checkKeptTarget(text: string, targets: WebhookTargetRules): void {
  const { authorization } = parseWebTarget(text, targets)
  if (authorization !== undefined)
    throw new Failure('bad-address', 'The webhook address has a user or a password, which are not kept.', {
      expected: 'an address without; deliveries are signed with the secret instead',
      received: withoutUser(text),
    })
}

/** An address as it may be shown. Earlier versions kept addresses with a user, so every address goes through here. */
export const withoutUser = (text: string): string => text.replace(/\/\/[^/?#]*@/, '//…@')

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
    received: withoutUser(text),
  })
