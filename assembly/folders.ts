// Whether the folders of the settings can be written, seen at start and by `halftone check`, and not by the first upload.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { type Config, ConfigFault } from '../config.ts'
import { nameProcess } from '../work/process-name.ts'

interface WritableFolder {
  readonly variable: string
  readonly dir: string
}

/**
 * The folders that this process writes, each with the variable that sets it. A process that is only an edge writes
 * none, unless it keeps answers of sites.
 */
export function foldersOf({ roles, dataDir, storage, sites }: Config): readonly WritableFolder[] {
  const data = { variable: 'HALFTONE_DATA', dir: resolve(dataDir) }
  if (roles.every((role) => role === 'edge')) return sites.size === 0 ? [] : [data]
  if (!roles.includes('api')) return [data]
  const spool = { ...data, dir: join(data.dir, 'spool') }
  if (storage?.kind !== 'folder') return [data, spool]
  return [data, spool, { variable: 'HALFTONE_STORAGE', dir: resolve(storage.dir) }]
}

/** Full is not wrong: what is cached is served all the same, and room may come back. */
const passing = new Set(['ENOSPC', 'EDQUOT'])

/** Why nothing can be written there, if nothing can. Makes the folder, as the start does. */
export async function folderFault(dir: string): Promise<string | undefined> {
  const probe = join(dir, `writable.${nameProcess()}`)
  try {
    await makeFolder(dir)
    await writeFile(probe, '')
    await rm(probe)
    return undefined
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException
    return passing.has(code) ? undefined : `the folder ${dir} cannot be written (${code})`
  }
}

/** Node's own recursive `mkdir` never ends where a folder that is there takes no folder (ENOENT), as in /proc. */
async function makeFolder(dir: string): Promise<void> {
  const codeOf = (thrown: unknown) => (thrown as NodeJS.ErrnoException).code
  const make = () =>
    mkdir(dir).catch((thrown: unknown) => {
      if (codeOf(thrown) !== 'EEXIST') throw thrown
    })
  try {
    await make()
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT' || dirname(dir) === dir) throw thrown
    await makeFolder(dirname(dir))
    await make()
  }
}

/** Throws a ConfigFault that names each setting whose folder cannot be written. */
export async function refuseUnwritable(config: Config): Promise<void> {
  const faults = new Map<string, string>()
  for (const { variable, dir } of foldersOf(config)) {
    const fault = faults.has(variable) ? undefined : await folderFault(dir)
    if (fault !== undefined) faults.set(variable, `${variable}: ${fault}`)
  }
  if (faults.size > 0) throw new ConfigFault([...faults.values()])
}

/** A file of another user, or a file in the place of a folder, below a folder of the settings: their fault and not ours. */
export function explainFolderFault(thrown: unknown, config: Config): unknown {
  const { path, code = '' } = thrown as NodeJS.ErrnoException
  const folder = foldersOf(config).find(({ dir }) => path === dir || path?.startsWith(dir + sep))
  return folder ? new ConfigFault([`${folder.variable}: ${path} cannot be used (${code})`]) : thrown
}
