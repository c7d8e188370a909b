// `halftone purge`: asks a running server to forget pictures, and tells what it acknowledged.
import { request } from 'undici'
import type { Config } from '../config.ts'
import { Failure } from '../errors.ts'

interface PurgeOptions {
  readonly url?: readonly string[]
  readonly picture?: readonly string[]
  readonly key?: readonly string[]
  readonly prefix?: readonly string[]
  readonly source?: readonly string[]
  readonly site?: readonly string[]
  readonly all?: boolean
  readonly soft?: boolean
  readonly server?: string
  readonly token?: string
  readonly json?: boolean
}

interface Receipt {
  readonly soft: boolean
  readonly complete: boolean
  readonly parts: readonly PurgedPart[]
}

interface PurgedPart {
  readonly part: string
  readonly member?: string
  readonly purged?: string
  readonly failed?: string
}

export async function purge(config: Config, options: PurgeOptions): Promise<void> {
  const order = orderOf(options)
  if (Object.keys(order).length === (options.soft ? 1 : 0))
    throw new Failure('bad-option', 'Say what: --url, --picture, --key, --prefix, --source, --site or --all.')
  const receipt = await sent(serverOf(config, options), order, options.token)
  if (!receipt.complete) process.exitCode = 1
  if (options.json) return void console.log(JSON.stringify(receipt))
  for (const part of receipt.parts) console.log(lineOf(part))
  console.log(verdict(receipt))
}

/** A time is as long as its place. */
const lineOf = ({ part, member, purged, failed }: PurgedPart): string =>
  `${(purged ?? 'did not answer').padEnd(24)}  ${part}${member ? ` of ${member}` : ''}${failed ? `: ${failed}` : ''}`

function verdict({ soft, complete }: Receipt): string {
  if (!complete) return 'Purged, but not by all: who did not answer purges before it serves again.'
  return soft
    ? 'Purged softly: old pictures are served while new ones are fetched.'
    : 'Purged: nothing older is served from these caches.'
}

function orderOf({
  url,
  picture,
  key,
  prefix,
  source,
  site,
  all,
  soft,
}: PurgeOptions): Record<string, unknown> {
  const named = {
    urls: url,
    pictures: picture,
    keys: key,
    prefixes: prefix,
    sources: source,
    sites: site,
    all,
    soft,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}

function serverOf({ host, port }: Config, { server }: PurgeOptions): string {
  if (server === undefined) {
    const near = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    return `http://${near.includes(':') ? `[${near}]` : near}:${port}`
  }
  if (/^https?:\/\//.test(server) && URL.canParse(server)) return server.replace(/(?<!\/)\/+$/, '')
  throw new Failure('bad-option', `Expected an http or https URL for --server, received ${server}`)
}

async function sent(server: string, order: object, token: string | undefined): Promise<Receipt> {
  if (token === undefined)
    throw new Failure('bad-credentials', 'Give the token of a key with --token, or in HALFTONE_TOKEN.')
  const answer = await request(`${server}/v1/purge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(order),
  }).catch((cause: unknown) => {
    throw new Failure('upstream-failed', `The server at ${server} could not be reached.`, { cause })
  })
  const said = await answer.body.text()
  if (answer.statusCode === 200 || answer.statusCode === 202) return JSON.parse(said)
  throw new Failure('upstream-failed', `${server} answered ${answer.statusCode}: ${detailIn(said)}`)
}

function detailIn(problem: string): string {
  try {
    return String(JSON.parse(problem).detail)
  } catch {
    return 'this is no Halftone with an API'
  }
}
