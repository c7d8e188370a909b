// A thread that removes the folder it is told and says when it is gone, or why it is not.
import { rmSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

parentPort?.on('message', (path: string) => {
  try {
    rmSync(path, { recursive: true, force: true })
    parentPort?.postMessage(undefined)
  } catch (thrown) {
    parentPort?.postMessage(thrown)
  }
})
