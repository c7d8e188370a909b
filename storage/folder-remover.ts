// A thread that removes the folder it is told and says when it is gone, or why it is not.
import { rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'

yieldToOthers()

parentPort?.on('message', (path: string) => {
  try {
    rmSync(path, { recursive: true, force: true })
    parentPort?.postMessage(undefined)
  } catch (thrown) {
    parentPort?.postMessage(thrown)
  }
})

/** On Linux a thread has a priority of its own: answers to clients come first, removal takes what is left. */
function yieldToOthers(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(10)
  } catch {
    // The process has a lower one already, and none may be raised.
  }
}
