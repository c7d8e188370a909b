// `halftone migrate URL...`: what addresses of another service become here. Exit code 1 where something is missing.
import { readFileSync } from 'node:fs'
import { mountedLanguages, webSources } from '../assembly/edge-languages.ts'
import type { Config } from '../config.ts'
import { Failure } from '../errors.ts'
import { guess, type Migration, migrate, type Origin } from './migration.ts'

interface MigrateOptions {
  readonly from?: Origin
  /** A file with an address a line; lines that begin with # are left out. */
  readonly file?: string
  readonly json?: boolean
}

export async function migrateUrls(
  config: Config,
  urls: readonly string[],
  options: MigrateOptions,
): Promise<void> {
  const all = [...urls, ...(options.file === undefined ? [] : linesOf(options.file))]
  if (all.length === 0) throw new Failure('bad-option', 'expected an address, or --file with some')
  const context = { mounts: mountedLanguages(config), web: webSources(config) }
  const migrations = all.map((url) => migrate(url, options.from ?? guess(url), context))
  if (options.json) console.log(JSON.stringify(migrations, null, 2))
  else console.log([...migrations.map(describe), total(migrations)].join('\n\n'))
  if (migrations.some(({ missing }) => missing.length > 0)) process.exitCode = 1
}

const linesOf = (file: string): readonly string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

function describe({ url, from, native, mounted, differs, missing, configure }: Migration): string {
  const lines = [
    ['language', from],
    ...(native === undefined ? [] : [['native', native]]),
    ...(mounted === undefined ? [] : [['mounted', mounted]]),
    ...configure.map((text) => ['configure', text]),
    ...differs.map((text) => ['differs', text]),
    ...missing.map((text) => ['missing', text]),
  ]
  return [url, ...lines.map(([label = '', text = '']) => `  ${label.padEnd(9)} ${text}`)].join('\n')
}

function total(migrations: readonly Migration[]): string {
  const lacking = migrations.filter(({ missing }) => missing.length > 0).length
  const different = migrations.filter(
    ({ missing, differs }) => missing.length === 0 && differs.length > 0,
  ).length
  const count = migrations.length === 1 ? '1 address' : `${migrations.length} addresses`
  const same = migrations.length - lacking - different
  return `${count}: ${same} mean the same here, ${different} differ in what is named, ${lacking} ask for what is missing.`
}
