// What the parts of one process share, whichever of them it runs.
import type { Config } from '../config.ts'
import { type BodyFiles, createBodyFiles } from '../work/body-files.ts'
import { type Cores, createCores } from '../work/cores.ts'

export interface OneProcess {
  /** What lies on this process's disk, whichever part wrote it. */
  readonly bodies: BodyFiles
  /** For renders and for the API's optimising together. */
  readonly cores: Cores
}

export const createOneProcess = ({ workers, optimiseWorkers }: Config): OneProcess => ({
  bodies: createBodyFiles(),
  cores: createCores(Math.max(workers, optimiseWorkers)),
})
