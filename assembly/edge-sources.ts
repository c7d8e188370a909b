// The sources as the edge knows them: names, keys, defaults. It never learns where the pictures are.
import { type Config, plainUploads, type SourceConfig, uploadsName } from '../config.ts'
import type { EdgeSource } from '../edge/index.ts'

/** What the edge needs of each source: who may ask, and with which defaults. */
export function edgeSources(config: Config): ReadonlyMap<string, EdgeSource> {
  const sources = new Map(
    [[uploadsName, plainUploads] as const, ...config.sources].map(([name, source]) => [
      name,
      edgeSource(source),
    ]),
  )
  if (config.samples)
    sources.set('samples', { signing: { scheme: 'hmac-sha256', keys: [] }, defaults: '', isNamed: true })
  return sources
}

function edgeSource({ signature, keys = [], defaults, fallback, ...where }: SourceConfig): EdgeSource {
  return {
    signing: { scheme: signature, keys },
    defaults,
    isNamed: !('site' in where || 'hosts' in where),
    isWeb: 'hosts' in where && !('site' in where),
    ...(fallback === undefined ? {} : { fallback }),
  }
}
