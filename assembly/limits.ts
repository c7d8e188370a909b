// What a stranger's picture may be, as the settings say it.
import type { Config } from '../config.ts'
import { defaultLimits, type Limits } from '../transforms/index.ts'

export const limitsOf = ({
  maxSourceBytes,
  maxSourcePixels,
  maxFrames,
  maxTotalPixels,
  maxOutputPixels,
}: Config): Limits => ({
  ...defaultLimits,
  maxSourceBytes,
  maxSourcePixels,
  maxFrames,
  maxTotalPixels,
  maxOutputPixels,
})
