// Edges as processes of their own, a source server, and a real nginx in front of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { edgeSources } from '../../assembly/edge-sources.ts'
import { makeConfig, type WrittenConfig } from '../../config.ts'
import type { NginxSettings } from '../../nginx/index.ts'
import type { Purge } from '../../purging/index.ts'
import { purgeAt } from '../../wire/purges.ts'
import { aSource, type SourceServer, siteOf } from '../journeys/cdn.ts'
import { aProcess, type Process } from '../journeys/processes.ts'
import { type Front, startFront, tierSecret } from './front.ts'

export const signingKey = 'a-key-of-sixteen+'

export interface Behind {
  readonly front: Front
  readonly edges: readonly Process[]
  readonly source: SourceServer
  /** A second nginx before the same edges. */
  another(syncSeconds: number): Promise<Front>
  /** Requests that reached any edge for a picture. */
  asked(): Promise<number>
  /** In all edges first, as an order of purges does it; nginx is the caller's. */
  purgeEdges(purges: readonly Purge[]): Promise<void>
  close(): Promise<void>
}

export async function startBehind(
  pictures: Record<string, Buffer>,
  settings: Partial<NginxSettings> = {},
): Promise<Behind> {
  // The clock of processes of their own is the machine's.
  const source = await aSource(pictures, { now: Date.now, forward: () => {} })
  const folder = mkdtempSync(join(tmpdir(), 'halftone-behind-'))
  const written: WrittenConfig = {
    behindNginx: true,
    tierSecret,
    samples: false,
    sources: {
      shop: siteOf(source),
      locked: { ...siteOf(source), keys: signingKey },
      imgix: { ...siteOf(source), keys: signingKey, signature: 'imgix-md5' },
    },
  }
  const file = join(folder, 'halftone.config.ts')
  writeFileSync(file, `export default ${JSON.stringify(written)}\n`)
  const environment = { HALFTONE_CONFIG: file, HALFTONE_ROLES: 'edge,shield,origin', HALFTONE_WORKERS: '1' }
  const edges = await Promise.all([aProcess({ environment }), aProcess({ environment })])
  const fronted = {
    edges: edges.map(({ url }) => url),
    sources: edgeSources(makeConfig(written, {})),
    settings,
    hosts: ['Site.Example:8443'],
    // Purges are to come by the call, where a test does not say otherwise.
    syncSeconds: 3600,
  }
  const front = await startFront(fronted)
  return {
    another: (syncSeconds) => startFront({ ...fronted, settings: {}, syncSeconds }),
    front,
    edges,
    source,
    async asked() {
      const counts = await Promise.all(
        edges.map((edge) => edge.metric('halftone_requests_total', 'tier="edge"')),
      )
      return counts.reduce((sum, count) => sum + count, 0)
    },
    async purgeEdges(purges) {
      for (const { url } of edges)
        await purgeAt(url, { purges, logged: undefined }, { secret: tierSecret, answerMs: 10_000 })
    },
    async close() {
      await front.close()
      await Promise.all(edges.map((edge) => edge.end('SIGKILL')))
      for (const { dataDir } of edges) rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
      await source.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
