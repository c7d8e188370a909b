// What the parts of one process share, whichever of them it runs.
import type { Config } from '../config.ts'
import { createOriginals, type Originals } from '../site/pictures/index.ts'
import { type BodyFiles, createBodyFiles } from '../work/body-files.ts'
import { type Cores, createCores } from '../work/cores.ts'

export interface OneProcess {
  /** What lies on this process's disk, whichever part wrote it. */
  readonly bodies: BodyFiles
  /** For renders and for the API's optimising together. */
  readonly cores: Cores
  /** Pictures of sites that something is being made of. */
  readonly originals: Originals
}

export const createOneProcess = ({ workers, optimiseWorkers, maxSourceBytes }: Config): OneProcess => ({
  bodies: createBodyFiles(),
  cores: createCores(Math.max(workers, optimiseWorkers)),
  // Some may be read at once, and each no more often than the queue is long.
  originals: createOriginals({ maxBytes: 4 * maxSourceBytes }),
})
