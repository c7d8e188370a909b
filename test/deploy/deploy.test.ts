// What lies in deploy/ speaks of settings, metrics and documents that there are; tools that read the same files agree.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settings } from '../../config/settings.ts'
import { aNode } from '../journeys/cdn.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = [
  'Dockerfile',
  ...globSync('compose*.yaml', { cwd: root }),
  ...globSync('deploy/**/*.*', { cwd: root }),
]
const found = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([word]) => word)),
]
const isThere = (program: string) => spawnSync('which', [program]).status === 0

describe('settings', () => {
  const variables = new Set(Object.values(settings).map(({ variable }) => variable))
  /** Named beside the table: the file itself, and the keys of each source. */
  const others = ['HALFTONE_CONFIG', 'HALFTONE_KEYS_']

  test.each(files.map((file) => [file]))('%s sets only those that there are', (file) => {
    const named = found(read(file), /\bHALFTONE_[A-Z_]+\b/g).filter((name) => !others.includes(name))
    expect(named.filter((name) => !variables.has(name))).toEqual([])
  })
})

describe('metrics', () => {
  let known: Set<string>
  beforeAll(async () => {
    const node = await aNode({})
    const text = (await node.get('/metrics')).body.toString()
    await node.stop()
    // Some are there only where their part runs: those are in the table of the documentation.
    known = new Set([
      ...found(text, /^[a-z_]+/gm),
      ...found(read('docs/operating.md'), /\bhalftone_[a-z_]+/g),
    ])
  })

  const ofExpressions = (text: string) => found(text, /\b(halftone|process|nodejs)_[a-z0-9_]+/g)
  test.each([['deploy/prometheus/alerts.yaml'], ['deploy/grafana/halftone.json']])(
    '%s reads only those',
    (file) => {
      const unknown = ofExpressions(read(file))
        .map((name) => name.replace(/_(bucket|count|sum)$/, ''))
        .filter((name) => !known.has(name) && !/^halftone_cache_\w+_(bytes|entries)$/.test(name))
        .filter((name) => name !== 'nodejs_eventloop_lag_p99_seconds')
      expect(unknown).toEqual([])
    },
  )

  test('every one that there is stands in the documentation', () => {
    const told = new Set(found(read('docs/operating.md'), /\bhalftone_[a-z_]+/g))
    const untold = [...known].filter((name) => name.startsWith('halftone_') && !told.has(name))
    expect(untold.filter((name) => !/^halftone_cache_\w+_(bytes|entries)$/.test(name))).toEqual([])
  })
})

describe('documents', () => {
  const pages = ['README.md', ...globSync('docs/*.md', { cwd: root })]

  test.each(pages.map((page) => [page]))('%s links to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
    const folder = page.startsWith('docs/') ? 'docs' : '.'
    expect(links.filter((link) => !existsSync(join(root, folder, link)))).toEqual([])
  })

  test('deploy/ names only documents that are there', () => {
    const named = files.flatMap((file) => found(read(file), /\bdocs\/[a-z]+\.md/g))
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((page) => !existsSync(join(root, page)))).toEqual([])
  })
})

test.skipIf(!isThere('promtool'))(
  'Prometheus takes the alerts, and they fire when they should (promtool)',
  async () => {
    const cwd = join(root, 'deploy/prometheus')
    await run('promtool', ['check', 'rules', 'alerts.yaml'], { cwd })
    await run('promtool', ['test', 'rules', 'alerts.test.yaml'], { cwd })
  },
)

describe.skipIf(!isThere('systemd-analyze'))('systemd takes the units (systemd-analyze)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-units-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  // The program is not where the unit looks for it; and a template is read by one of its instances.
  const unit = (file: string, name: string) => {
    const path = join(folder, name)
    writeFileSync(path, read(`deploy/systemd/${file}`).replace('/opt/halftone/bin/halftone', '/bin/true'))
    return path
  }

  test.each([
    ['halftone.service', 'halftone.service'],
    ['halftone@.service', 'halftone@edge.service'],
  ])('%s, without a warning, and with little that it may do', async (file, name) => {
    const path = unit(file, name)
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', path])
    expect(stdout + stderr).toBe('')
    await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', path])
  })
})
