// What the parts are told of the settings: limits of pictures, memory of a child process, seconds.
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

/**
 * Bytes at which a child process is replaced. It stands at 130 MB with its libraries, decoded pictures that several sizes
 * share take 72, a worker takes 75 for a large picture, and as much again lies in between; where memory is short, it gets a
 * third of what there is.
 */
export const childMemory = ({ memoryBytes, workers }: Config): number =>
  Math.min((275 + 75 * workers) * 2 ** 20, memoryBytes / 3)

/** Settings are milliseconds, HTTP speaks whole seconds. */
export const seconds = (ms: number): number => Math.floor(ms / 1000)
