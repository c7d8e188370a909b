// `npm run bench -- [scenario ...]`: runs the scenarios (all by default), prints their tables and keeps raw results.
import { keep, print, type Report } from './report.ts'

const scenarios: Readonly<Record<string, () => Promise<{ run: () => Promise<Report> }>>> = {
  'hot-hit': () => import('./scenarios/hot-hit.ts'),
  'nginx-hit': () => import('./scenarios/nginx-hit.ts'),
  edges: () => import('./scenarios/edges.ts'),
  'shield-hit': () => import('./scenarios/shield-hit.ts'),
  hop: () => import('./scenarios/hop.ts'),
  'cold-render': () => import('./scenarios/cold-render.ts'),
  burst: () => import('./scenarios/burst.ts'),
  saturated: () => import('./scenarios/saturated.ts'),
  'first-answer': () => import('./scenarios/first-answer.ts'),
  memory: () => import('./scenarios/memory.ts'),
  stampede: () => import('./scenarios/stampede.ts'),
  trace: () => import('./scenarios/trace.ts'),
  'cluster-cost': () => import('./scenarios/cluster-cost.ts'),
  'frozen-source': () => import('./scenarios/frozen-source.ts'),
  'purge-receipt': () => import('./scenarios/purge-receipt.ts'),
  sites: () => import('./scenarios/sites.ts'),
  'site-pages': () => import('./scenarios/site-pages.ts'),
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in scenarios))
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(', ')}; there are ${Object.keys(scenarios).join(', ')}.`)
  process.exit(1)
}

for (const name of asked.length > 0 ? asked : Object.keys(scenarios)) {
  const scenario = await scenarios[name]?.()
  if (!scenario) continue
  const report = await scenario.run()
  print(name, report)
  keep(name, report)
}
