// What the parts of one process share, whichever of them it runs.
import { type BodyFiles, createBodyFiles } from '../work/body-files.ts'

export interface OneProcess {
  /** What lies on this process's disk, whichever part wrote it. */
  readonly bodies: BodyFiles
}

export const createOneProcess = (): OneProcess => ({ bodies: createBodyFiles() })
