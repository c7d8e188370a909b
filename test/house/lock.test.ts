// What is installed is what was looked at: each package of a lock file is held to the digest of its contents, and none
// fetches more by a script of its own, which no digest would cover.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Package {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly cpu?: readonly string[]
  readonly os?: readonly string[]
}

type Manifest = Readonly<Record<string, Readonly<Record<string, string>>>>

const read = (path: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8'))

/** All but the project itself, which has the name ''. */
const packagesOf = (path: string): readonly (readonly [string, Package])[] =>
  Object.entries<Package>(read(path).packages).filter(([name]) => name !== '')

describe.each(['package-lock.json', 'test/servers/azurite/package-lock.json'])('%s', (path) => {
  const packages = packagesOf(path)

  test('every package has an integrity', () => {
    const without = packages.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))
    expect(without.map(([name]) => name)).toEqual([])
  })

  test('no package names the host it came from: any mirror of the registry may give it', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([name]) => name)).toEqual([])
  })
})

test('nothing that Halftone runs with has a script that runs while it is installed', () => {
  const scripted = packagesOf('package-lock.json').filter(([, { hasInstallScript }]) => hasInstallScript)
  expect(scripted.map(([name]) => name)).toEqual([])
})

test('Node itself is a pinned package for each machine we run on', () => {
  const nodes = packagesOf('package-lock.json').filter(([name]) =>
    /^node_modules\/node-(bin-)?(linux|darwin)-/.test(name),
  )
  expect(nodes.map(([, { os = [], cpu = [] }]) => `${os.join()} ${cpu.join()}`).sort()).toEqual([
    'darwin arm64',
    'darwin x64',
    'linux arm64',
    'linux x64',
  ])
})

test('versions are written exactly', () => {
  const { dependencies, devDependencies, optionalDependencies } = read('package.json') as Manifest
  const ranges = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  )
  expect(ranges).toEqual([])
})
