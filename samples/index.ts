// Sample pictures for the first minute with Halftone: drawn by code once, kept in a folder.
import { access, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type SampleName, sampleNames } from './names.ts'
import { place } from './place.ts'

export { type SampleName, sampleNames } from './names.ts'

// Raised when a drawing changes: folders that carry another mark are drawn again.
const mark = 'halftone samples 1\n'
const markFile = '.drawn'

// Two threads: the landscape takes as long to draw as all the others.
const shares: readonly (readonly SampleName[])[] = [
  ['landscape.jpg', 'logo.svg'],
  ['portrait.jpg', 'graphics.png', 'badge.png', 'dance.gif', 'missing.png'],
]

/** The names of the pictures in the folder; draws them, away from the event loop, when they are not there yet. */
export async function ensureSamples(dir: string): Promise<string[]> {
  if (!(await isDrawn(dir))) {
    await mkdir(dir, { recursive: true })
    await Promise.all(shares.map((names) => draw(dir, names)))
    // Last, so that a folder that was left half drawn is drawn again.
    await place(join(dir, markFile), mark)
  }
  return [...sampleNames]
}

async function isDrawn(dir: string): Promise<boolean> {
  try {
    await Promise.all(sampleNames.map((name) => access(join(dir, name))))
    return (await readFile(join(dir, markFile), 'utf8')) === mark
  } catch {
    // A picture or the mark is missing, or the folder is: all the same.
    return false
  }
}

function draw(dir: string, names: readonly SampleName[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { dir, names } })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`The samples could not be drawn: the thread ended with ${code}.`))
    })
  })
}
