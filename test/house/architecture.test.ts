// The arrows between the folders point one way, and there is no circle.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const words = ['tier.ts', 'errors.ts', 'problem.ts', 'http', 'log.ts']
const door = 'transforms/index.ts'

/** What each part may import besides itself: root files, folders, or single files of a folder. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'tier.ts': [],
  'problem.ts': ['errors.ts', 'http', 'tier.ts'],
  'log.ts': [],
  // HTTP by its RFCs: pure, known to everybody, and it knows nothing of pictures.
  http: ['tier.ts'],
  'metrics.ts': [],
  'config.ts': ['config'],
  // What is written in a language of another part is read by that part's own pure reader.
  'halftone.ts': ['config.ts'],
  config: [
    'errors.ts',
    'http/reserved-paths.ts',
    door,
    'fetch/addresses.ts',
    'fetch/hosts.ts',
    'limits/rules.ts',
  ],
  work: ['errors.ts'],
  cluster: [...words, 'purging', 'records/queue-calls.ts'],
  // Its rules are the configuration's too, and stand without the rest.
  limits: [...words, 'fetch/addresses.ts'],
  transforms: ['errors.ts', 'work'],
  // The one way out to servers of others: the guard, addresses, hosts, downloads.
  fetch: [...words, door],
  purging: [],
  cache: [...words, 'work/process-name.ts', 'work/body-files.ts', 'purging'],
  records: words,
  shield: [...words, 'cache', 'purging'],
  // Types of the processor's seam; its making is the assembly's.
  origin: [
    ...words,
    'cache',
    'cluster/share.ts',
    'fetch',
    'purging',
    door,
    'transforms/processor.ts',
    'transforms/facts.ts',
    'transforms/plan',
    'storage/bucket.ts',
    'work/handover.ts',
  ],
  edge: [...words, 'cache', 'purging', 'fetch/hosts.ts', door],
  // Whole web sites of customers.
  site: [...words, 'cache', 'purging', door, 'edge/headers.ts', 'edge/negotiate.ts', 'edge/languages'],
  // Settings to text: what Lua is told comes from those who know it.
  nginx: ['errors.ts', 'problem.ts', 'http', 'edge', 'limits', door],
  storage: [...words, 'work/process-name.ts'],
  processing: [...words, 'transforms', 'wire', 'work'],
  // Types of processing and of what the optimiser reports; decoding is processing's.
  api: [
    ...words,
    'work/process-name.ts',
    'purging',
    'records',
    'storage',
    'processing',
    'transforms',
    'fetch',
    'limits/rules.ts',
  ],
  wire: [...words, 'purging'],
  operation: words,
  tracing: [...words, door, 'transforms/processor.ts'],
  samples: [],
  // The table of options is shown, and offered in forms.
  dashboard: ['http', door],
  assembly: [
    ...words,
    'metrics.ts',
    'config.ts',
    'purging',
    'cache',
    'shield',
    'origin',
    'edge',
    'wire',
    'operation',
    'samples',
    'site',
    'dashboard',
    'transforms',
    'api',
    'processing',
    'records',
    'storage',
    'tracing',
    'config/kinds.ts',
    'work',
    'fetch/guard.ts',
    'fetch/read-buffers.ts',
    'cluster',
    'fetch/addresses.ts',
    'limits',
    'fetch/hosts.ts',
  ],
  'main.ts': [...words, 'metrics.ts', 'config.ts', 'purging', 'assembly', 'site', 'wire'],
  cli: [
    'errors.ts',
    'purging',
    'log.ts',
    'metrics.ts',
    'config.ts',
    'config',
    'main.ts',
    'assembly',
    'wire',
    'edge',
    'fetch',
    'nginx',
    'storage',
    'transforms',
    'api/services/accounts',
    'records',
    'limits/rules.ts',
    'work/give-back.ts',
  ],
}

/** The same one level deeper: what each room of the transforms may import of the others. */
const nouns = ['transforms/facts.ts', 'transforms/formats.ts']
const rooms: Readonly<Record<string, readonly string[]>> = {
  'transforms/facts.ts': [],
  'transforms/formats.ts': [],
  'transforms/quality.ts': ['transforms/formats.ts'],
  // How options are spelled; what each step is; the language of addresses; what a picture's plan is, and what it costs.
  'transforms/options': [],
  'transforms/steps': [...nouns, 'transforms/options'],
  'transforms/language': [...nouns, 'transforms/options', 'transforms/steps'],
  'transforms/plan': [
    ...nouns,
    'transforms/quality.ts',
    'transforms/options',
    'transforms/steps',
    'transforms/language',
  ],
  'transforms/outside-work.ts': nouns,
  'transforms/rates.ts': ['transforms/outside-work.ts', 'transforms/steps'],
  'transforms/work.ts': [
    ...[...nouns, 'transforms/rates.ts', 'transforms/outside-work.ts'],
    ...['transforms/steps', 'transforms/plan'],
  ],
  'transforms/price.ts': [...nouns, 'transforms/work.ts', 'transforms/plan'],
  'transforms/making.ts': [...nouns, 'transforms/language', 'transforms/plan', 'transforms/price.ts'],
  'transforms/processor.ts': [...nouns, 'transforms/plan'],
  // Bytes without a decoder.
  'transforms/identify': nouns,
  'transforms/identify.ts': [...nouns, 'transforms/identify'],
  // The optimiser's readers of segments and chunks.
  'transforms/bare': [...nouns, 'transforms/identify', 'transforms/identify.ts', 'transforms/optimise'],
  // Pixels.
  'transforms/pixels': [...nouns, 'transforms/identify'],
  'transforms/optimise': [
    ...nouns,
    'transforms/identify',
    'transforms/identify.ts',
    'transforms/price.ts',
    'transforms/pixels',
  ],
  // Where faces are, from pixels alone.
  'transforms/faces': ['transforms/optimise/metric/wasm.ts'],
  'transforms/render': [
    ...nouns,
    'transforms/faces',
    'transforms/options/colour.ts',
    'transforms/identify',
    'transforms/identify.ts',
    'transforms/bare',
    'transforms/pixels',
    'transforms/steps',
    'transforms/plan',
    'transforms/price.ts',
    'transforms/processor.ts',
    'transforms/quality.ts',
    'transforms/optimise',
  ],
  'transforms/index.ts': ['transforms'],
}

/** What faces share: none of it is one face's own. */
const sharedByFaces = ['parts', 'request', 'json', 'schema', 'edit-text'].map(
  (name) => `api/faces/${name}.ts`,
)
const behindFaces = ['api/intake', 'api/services']

/** What each room of the API may import of the API besides itself: no service a face, and no face another. */
const mayImportOfApi: Readonly<Record<string, readonly string[]>> = {
  'api/intake': [],
  'api/services/accounts': [],
  'api/services/hooks': [],
  'api/services/retention': [],
  'api/services/optimising': ['api/intake', 'api/services/accounts', 'api/services/hooks'],
  'api/services/uploads': ['api/intake', 'api/services/accounts', 'api/services/hooks'],
  'api/faces/native': [...sharedByFaces, ...behindFaces],
  'api/faces/kraken': [...sharedByFaces, ...behindFaces],
  'api/faces/optidash': [...sharedByFaces, ...behindFaces],
  'api/faces/uploadcare': [...sharedByFaces, ...behindFaces],
}

const files = Object.keys(mayImport).flatMap((part) => (part.endsWith('.ts') ? [part] : filesIn(part)))
const imports = new Map(files.map((file) => [file, importsOf(file)]))

describe('imports', () => {
  test.each(Object.entries(mayImport))('%s imports only what it may', (part, allowed) => {
    const wrong = files
      .filter((file) => isIn(part, file))
      .flatMap((file) => (imports.get(file) ?? []).map((target) => ({ file, target })))
      .filter(({ target }) => !isIn(part, target) && !allowed.some((place) => isIn(place, target)))
    expect(wrong).toEqual([])
  })

  test.each(Object.entries(rooms))('%s imports only what it may of the transforms', (room, allowed) => {
    const wrong = files
      .filter((file) => isIn(room, file))
      .flatMap((file) => (imports.get(file) ?? []).map((target) => ({ file, target })))
      .filter(({ target }) => isIn('transforms', target) && !isIn(room, target))
      .filter(({ target }) => !allowed.some((place) => isIn(place, target)))
    expect(wrong).toEqual([])
  })

  test.each(Object.entries(mayImportOfApi))('%s imports only what it may of the API', (room, allowed) => {
    const wrong = files
      .filter((file) => isIn(room, file))
      .flatMap((file) => (imports.get(file) ?? []).map((target) => ({ file, target })))
      .filter(({ target }) => isIn('api', target) && !isIn(room, target))
      .filter(({ target }) => !allowed.some((place) => isIn(place, target)))
    expect(wrong).toEqual([])
  })

  test('every room of the transforms has its arrows, and none goes back up', () => {
    const unknown = files.filter(
      (file) => isIn('transforms', file) && !Object.keys(rooms).some((room) => isIn(room, file)),
    )
    expect(unknown).toEqual([])
    const inner = Object.keys(rooms).filter((room) => room !== 'transforms/index.ts')
    expect(inner.filter((room) => roomsBelow(room).has(room))).toEqual([])
  })

  test('what faces share imports no face', () => {
    const wrong = sharedByFaces.flatMap((file) =>
      (imports.get(file) ?? []).filter(
        (target) => isIn('api/faces', target) && !sharedByFaces.includes(target),
      ),
    )
    expect(wrong).toEqual([])
  })

  test('every room of the API is known here', () => {
    const roomOf = (file: string) => dirname(file).split('/').slice(0, 3).join('/')
    const rooms = new Set(filesIn('api').map(roomOf))
    for (const door of ['api', 'api/faces']) rooms.delete(door)
    expect([...rooms].filter((room) => !(room in mayImportOfApi))).toEqual([])
  })

  test('there is no circle of files', () => {
    expect(circle()).toEqual([])
  })

  test('the pure language reaches no pixel library and no server', () => {
    const reached = packagesReachedFrom(door)
    expect(
      [...reached].filter((name) => ['sharp', 'piscina', 'hono', 'undici', 'node:http'].includes(name)),
    ).toEqual([])
  })

  test('an edge never loads sharp', () => {
    const reached = packagesReachedFrom('assembly/edge.ts')
    expect([...reached].filter((name) => ['sharp', 'piscina'].includes(name))).toEqual([])
  })

  test('a plain render loads no optimiser', () => {
    expect([...packagesReachedFrom('transforms/render/worker.ts')]).not.toContain('@napi-rs/image')
  })

  test('nothing of OpenTelemetry is loaded before somebody wants traces', () => {
    const reached = [...packagesReachedFrom('cli/index.ts'), ...packagesReachedFrom('assembly/edge.ts')]
    expect(reached.filter((name) => name.startsWith('@opentelemetry'))).toEqual([])
  })

  test('an API never loads sharp either: pixels are for threads and processing nodes', () => {
    expect([...packagesReachedFrom('assembly/api.ts')]).not.toContain('sharp')
  })

  test('who answers starts no threads for pixels: those are of child processes', () => {
    for (const part of ['assembly/origin.ts', 'assembly/api.ts'])
      expect([...packagesReachedFrom(part)]).not.toContain('piscina')
  })

  test('a server without sites loads no parser of pages, and an API no checksums before a client sends one', () => {
    expect([...packagesReachedFrom('main.ts')]).not.toContain('parse5')
    expect([...packagesReachedFrom('assembly/api.ts')]).not.toContain('@aws-sdk/checksums/crc')
  })

  test('a server loads no database before it is an API, and no client of PostgreSQL before a setting names one', () => {
    expect([...packagesReachedFrom('cli/serve.ts'), ...packagesReachedFrom('cli/index.ts')]).not.toContain(
      'kysely',
    )
    expect([...packagesReachedFrom('records/index.ts')]).not.toContain('pg')
  })

  test('only the configuration reads the environment', () => {
    const readers = files.filter((file) => /process\.env\b/.test(readFileSync(join(root, file), 'utf8')))
    expect(readers).toEqual(['config.ts'])
  })

  test('files are short enough to be read at once', () => {
    const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 260)
    expect(long).toEqual([])
  })
})

function roomsBelow(room: string, found: Set<string> = new Set()): ReadonlySet<string> {
  for (const below of rooms[room] ?? []) if (!found.has(below)) roomsBelow(below, found.add(below))
  return found
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

const isIn = (place: string, file: string): boolean =>
  place.endsWith('.ts') ? file === place : file.startsWith(`${place}/`)

/** Files of ours that `file` imports when it loads; `import()` on demand is not an arrow of the load order. */
function importsOf(file: string): string[] {
  return specifiersOf(file)
    .filter((specifier) => specifier.startsWith('.') && specifier.endsWith('.ts'))
    .map((specifier) => normalize(join(dirname(file), specifier)))
}

function specifiersOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [
    ...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm),
  ].map(([, from, bare]) => from ?? bare ?? '')
}

/** Packages loaded with `file`, types left out: they are erased. */
function packagesReachedFrom(file: string): Set<string> {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (at: string) => {
    if (seen.has(at)) return
    seen.add(at)
    for (const specifier of loadedBy(at))
      if (specifier.startsWith('.')) visit(normalize(join(dirname(at), specifier)))
      else packages.add(specifier)
  }
  visit(file)
  return packages
}

function loadedBy(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(
    /^(?:import|export) type [^'"]*?from\s+['"][^'"]+['"]/gm,
    '',
  )
  return [
    ...text.matchAll(/^(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm),
  ].map(([, from, bare]) => from ?? bare ?? '')
}

/** The first circle found, as the files on it; type-only imports count: they tangle readers just the same. */
function circle(): string[] {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    path.push(file)
    for (const target of imports.get(file) ?? []) {
      const found = visit(target)
      if (found.length > 0) return found
    }
    path.pop()
    done.add(file)
    return []
  }
  for (const file of files) {
    const found = visit(file)
    if (found.length > 0) return found
  }
  return []
}

test('every folder with code is known here', () => {
  const known = new Set(Object.keys(mayImport).map((part) => part.split('/')[0]))
  const folders = readdirSync(root, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() &&
        !entry.name.startsWith('.') &&
        !['node_modules', 'dist', 'test', 'bench', 'docs', 'bin', 'deploy', 'nginx', 'lua'].includes(
          entry.name,
        ),
    )
    .map((entry) => relative(root, join(root, entry.name)))
  expect(folders.filter((folder) => !known.has(folder))).toEqual([])
})

/** One level deeper: what a folder within a room may import of its own room besides itself. */
const innerRooms: Readonly<Record<string, readonly string[]>> = {
  // A language compiles to options; it knows neither the journey nor the hits.
  'edge/languages': ['edge/content-disposition.ts', 'edge/signature.ts'],
  // A loader finds a source; it knows neither results nor answers.
  'origin/loaders': [
    ...['origin/caching.ts', 'origin/loader.ts', 'origin/recent-sources.ts', 'origin/shared-work.ts'],
  ],
}
const providers = ['storage/azure', 'storage/folder', 'storage/s3', 'storage/swift']

describe('imports within a room', () => {
  const importsWithin = (folder: string, room: string) =>
    files
      .filter((file) => isIn(folder, file))
      .flatMap((file) => (imports.get(file) ?? []).map((target) => ({ file, target })))
      .filter(({ target }) => isIn(room, target) && !isIn(folder, target))

  test.each(Object.entries(innerRooms))('%s imports only what it may of its room', (folder, allowed) => {
    const wrong = importsWithin(folder, dirname(folder)).filter(({ target }) => !allowed.includes(target))
    expect(wrong).toEqual([])
  })

  test.each(providers)('%s knows the seam of storages, and no other provider', (provider) => {
    const wrong = importsWithin(provider, 'storage').filter(
      ({ target }) => dirname(target) !== 'storage' || target === 'storage/index.ts',
    )
    expect(wrong).toEqual([])
  })

  test('every folder within storage is such a provider', () => {
    const folders = new Set(filesIn('storage').map((file) => dirname(file)))
    folders.delete('storage')
    expect([...folders].sort()).toEqual(providers)
  })
})
