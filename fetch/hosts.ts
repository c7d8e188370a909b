// Which remote URLs a source may name: scheme, host, port and nothing hidden in the authority. Pure; addresses come later.
import { Failure } from '../errors.ts'

/** One line of an allow-list: a host or a suffix, and the port when it is not the scheme's own. */
export interface HostRule {
  readonly host: string
  /** '*.example.com': every name below it, but not the name itself. */
  readonly isSuffix: boolean
  readonly port: string | undefined
}

/** 'images.example.com', '*.example.com', 'localhost:8080', '[::1]:8080'. */
export function parseHostRule(text: string): HostRule {
  const isSuffix = text.startsWith('*.')
  const rest = isSuffix ? text.slice(2) : text
  // The URL parser folds case, full-width letters and number forms exactly as it will for the URLs compared with it.
  const url = URL.canParse(`http://${rest}/`) ? new URL(`http://${rest}/`) : undefined
  if (
    url === undefined ||
    url.pathname !== '/' ||
    url.search ||
    url.hash ||
    isUser(url) ||
    rest.includes('*')
  ) {
    throw new Failure('bad-option', 'An allowed host is not a host name.', {
      option: 'allowHosts',
      expected: 'a host, *.suffix, or host:port',
      received: text,
    })
  }
  // A parsed http URL drops ':80', but a rule with ':80' means that port alone.
  const port = url.port || /:0*80$/.exec(rest)?.[0].slice(1)
  return { host: bare(url.hostname), isSuffix, port: port === undefined ? undefined : String(Number(port)) }
}

/** The rule that lets exactly one origin pass: a source's own base. */
export function ruleFor(base: URL): HostRule {
  return { host: bare(base.hostname), isSuffix: false, port: portOf(base) }
}

/**
 * The URL to fetch. Throws 'bad-address' for a text that is no URL, 'forbidden-address' for one that no rule allows.
 */
export function permit(text: string, rules: readonly HostRule[]): URL {
  if (!URL.canParse(text))
    throw new Failure('bad-address', 'The source address is not a URL.', { received: text })
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refusal('Only http and https are fetched.')
  if (isUser(url)) throw refusal('A source address may not carry a user name or a password.')
  if (!rules.some((rule) => passes(url, rule))) throw refusal('The host is not on the list of allowed hosts.')
  url.hash = ''
  return url
}

/** A redirect may not give up encryption: who can change an http answer would choose the picture. */
export function permitRedirect(from: URL, location: string, rules: readonly HostRule[]): URL {
  if (!URL.canParse(location, from.href))
    throw new Failure('source-failed', 'The source redirects to no URL.')
  const to = permit(new URL(location, from).href, rules)
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw refusal('A redirect leaves https for http.')
  return to
}

function passes(url: URL, rule: HostRule): boolean {
  const host = bare(url.hostname)
  const isHost = rule.isSuffix ? host.endsWith(`.${rule.host}`) : host === rule.host
  return isHost && (rule.port === undefined ? isWebPort(url) : portOf(url) === rule.port)
}

/** Without a named port only the web's own: an allow-list must not become a scanner of other services. */
const isWebPort = (url: URL) => portOf(url) === '80' || portOf(url) === '443'

const portOf = (url: URL) => url.port || (url.protocol === 'https:' ? '443' : '80')

const isUser = (url: URL) => url.username !== '' || url.password !== ''

/** 'example.com.' is the same host, written absolutely. */
const bare = (hostname: string) => hostname.replace(/\.$/, '')

const refusal = (sentence: string) => new Failure('forbidden-address', sentence)
