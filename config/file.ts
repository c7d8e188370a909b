// The configuration file: where it is looked for, how it is loaded, and what its folders are relative to.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Looked for in the working folder, in this order, where no file was named. */
export const fileNames = ['halftone.config.ts', 'halftone.config.js', 'halftone.config.mjs'] as const

/** The file's path; of a file that was named also where nothing is there. */
export const findFile = (named: string | undefined): string | undefined =>
  named === undefined ? fileNames.map((name) => resolve(name)).find(existsSync) : resolve(named)

/** What the file exports as its default; throws what the file throws. */
export async function loadFile(path: string): Promise<unknown> {
  const self = new URL('../halftone.ts', import.meta.url).href
  // The file may lie where no node_modules is (/etc/halftone); what it imports as `halftone` is the program that reads it.
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'halftone' ? { url: self, shortCircuit: true } : next(specifier, context),
  })
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href)
    return module.default
  } finally {
    hooks.deregister()
  }
}

type Written = Readonly<Record<string, unknown>>

/** The same configuration with every relative folder made absolute: what the file says is relative to the file. */
export function anchorFolders(written: Written, path: string): Written {
  const base = dirname(path)
  const anchored: Record<string, unknown> = { ...written }
  if (typeof written.dataDir === 'string') anchored.dataDir = resolve(base, written.dataDir)
  if (isRecord(written.storage)) anchored.storage = anchorBucket(written.storage, base)
  if (isRecord(written.sources))
    anchored.sources = Object.fromEntries(
      Object.entries(written.sources).map(([name, source]) => [name, anchorSource(source, base)]),
    )
  return anchored
}

function anchorSource(source: unknown, base: string): unknown {
  if (!isRecord(source)) return source
  const { folder, bucket } = source
  return {
    ...source,
    ...(typeof folder === 'string' && folder !== '' ? { folder: resolve(base, folder) } : {}),
    ...(isRecord(bucket) ? { bucket: anchorBucket(bucket, base) } : {}),
  }
}

const anchorBucket = (bucket: Written, base: string): Written =>
  typeof bucket.dir === 'string' && bucket.dir !== '' ? { ...bucket, dir: resolve(base, bucket.dir) } : bucket

const isRecord = (value: unknown): value is Written =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
