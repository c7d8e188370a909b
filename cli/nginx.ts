// `halftone nginx`: writes the configuration of an nginx in front, the Lua that it runs, and what to install.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { edgeSources } from '../assembly/edge-sources.ts'
import { luaLimitsOf } from '../assembly/limits.ts'
import { ownHosts } from '../assembly/own-hosts.ts'
import type { Config } from '../config.ts'
import { Failure } from '../errors.ts'
import { type Files, keepalivedFiles, nginxFiles } from '../nginx/index.ts'

export interface NginxOptions {
  readonly out: string
  /** Where the files will lie, if not there. */
  readonly at?: string
  readonly user: string
  readonly run: string
  readonly logs: string
  readonly workers?: string
  readonly keepalived?: boolean
  readonly address?: string
  readonly inside?: string
  readonly interface: string
  readonly router: string
}

export function writeNginx(config: Config, options: NginxOptions): void {
  const files = {
    ...forNginx(config, options),
    ...(options.keepalived ? forKeepalived(config, options) : {}),
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(options.out, name)
    mkdirSync(dirname(path), { recursive: true })
    // It has keys: the mode counts from the first byte on, also where the file was there before.
    const isSecret = name.endsWith('site.lua')
    writeFileSync(path, text, { mode: isSecret ? 0o640 : 0o644 })
    chmodSync(path, isSecret ? 0o640 : 0o644)
  }
  console.log(
    `${Object.keys(files).length} files in ${options.out}; ${join(options.out, 'README.md')} says what to do.`,
  )
}

function forNginx(config: Config, options: NginxOptions): Files {
  const limits = luaLimitsOf(config)
  const { trustedProxies, forwardedHeader } = config
  const settings = {
    folder: resolve(options.at ?? options.out),
    runFolder: options.run,
    logFolder: options.logs,
    user: options.user,
    workers: options.workers === undefined ? ('auto' as const) : whole(options.workers, '--workers'),
    http: config.nginxHttp,
    https: config.nginxHttps,
    certificate: config.nginxCertificate,
    certificateKey: config.nginxCertificateKey,
    cacheFolder: config.nginxCache,
    cacheBytes: config.nginxCacheBytes,
    purgeFrom: config.nginxPurgeFrom,
    ...(limits && { limits: { trustedProxies, forwardedHeader } }),
    ...(config.sites.size > 0 && {
      sites: { hosts: [...config.sites.values()].flatMap(({ hosts }) => hosts), ownHosts: ownHosts(config) },
    }),
    edgeMs: config.edgeDeadlineMs + config.connectMs,
    connectMs: config.connectMs,
  }
  for (const edge of config.edges)
    if (!edge.startsWith('http://'))
      throw new Failure(
        'bad-option',
        `nginx asks edges by http in a private network; HALFTONE_EDGES has ${edge}.`,
      )
  const edges = config.edges.length > 0 ? config.edges : [`http://127.0.0.1:${config.port}`]
  const passed = [...Object.values(config.languages), ...config.sites.values()]
  return nginxFiles(settings, {
    sources: edgeSources(config),
    edges,
    tierSecrets: config.tierSecret,
    limits,
    prefixes: Object.values(config.languages).map(({ prefix }) => prefix),
    hosts: passed.flatMap(({ hosts }) => hosts),
  })
}

function forKeepalived({ nginxHttp }: Config, options: NginxOptions): Files {
  const { address, inside } = options
  if (address === undefined || !isAddress(address) || (inside !== undefined && !isAddress(inside)))
    throw new Failure('bad-option', 'keepalived needs --address (and --inside) such as 192.0.2.10/24.')
  if (!/^[\w.-]{1,15}$/.test(options.interface))
    throw new Failure('bad-option', 'Expected the name of a network interface for --interface.')
  const [, port = '80'] = /(?<!\d)(\d+)$/.exec(nginxHttp[0] ?? '') ?? []
  return keepalivedFiles({
    address,
    inside,
    interface: options.interface,
    router: whole(options.router, '--router', 254),
    healthUrl: `http://127.0.0.1:${port}/-/health`,
  })
}

const isAddress = (text: string): boolean => /^[\da-fA-F.:]+\/\d{1,3}$/.test(text)

function whole(text: string, name: string, most = 1024): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new Failure('bad-option', `Expected a number from 1 to ${most} for ${name}, received ${text}.`)
}
