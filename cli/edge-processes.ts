// Several edge processes on one port: the first starts the others, starts one again that died, and ends with them.
import cluster, { type Worker } from 'node:cluster'
import type { Config } from '../config.ts'
import { createLog } from '../log.ts'
import { carryMessages } from './siblings.ts'

/** Whether this is the process that only starts others. */
export const startsOthers = ({ edgeProcesses }: Config): boolean => edgeProcesses > 1 && cluster.isPrimary

/** One that dies again and again must not keep a core busy with starting. */
const restartMs = 1000

/** Never resolves: it ends the process when all others have ended, with the code of one that could not start. */
export async function startEdges({ edgeProcesses, logLevel }: Config): Promise<never> {
  const log = createLog(logLevel, 'edges', () => end('SIGTERM'))
  const serving = new Set<Worker>()
  let isEnding = false
  let code = 0
  cluster.on('listening', (worker) => serving.add(worker))
  cluster.on('exit', (worker, exitCode, signal) => {
    const wasServing = serving.delete(worker)
    if (!isEnding && wasServing) {
      log.error({ pid: worker.process.pid, exitCode, signal }, 'an edge process ended, and is started again')
      setTimeout(() => isEnding || cluster.fork(), restartMs)
    } else if (!isEnding) {
      // It never served: the settings are at fault, and it has said so.
      code = exitCode || 1
      end('SIGTERM')
    }
    if (isEnding && Object.keys(cluster.workers ?? {}).length === 0) process.exit(code)
  })
  carryMessages(() => [...serving])

  function end(signal: NodeJS.Signals): void {
    isEnding = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
    if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(code)
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal))
  for (let at = 0; at < edgeProcesses; at++) cluster.fork()
  log.info({ processes: edgeProcesses }, 'starting edges')
  return new Promise<never>(() => {})
}
