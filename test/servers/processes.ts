// Servers as child processes of a test: started, waited for, ended by their own ids.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface Started {
  readonly name: string
  readonly child: ChildProcess
  readonly logFile: string
}

/** In a process group of its own, so that what it forks ends with it. */
export function start(name: string, [command = '', ...args]: readonly string[], logFile: string): Started {
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, { stdio: ['ignore', log, log], detached: true })
  child.on('error', () => {})
  closeSync(log)
  return { name, child, logFile }
}

export async function end({ child }: Started): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

/** Until the address answers; what the servers said is in the failure when it never does. */
export async function untilAnswers(url: string, servers: readonly Started[]): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer && answer.status < 500) return
    await pause(100)
  }
  const logs = servers.map(({ name, logFile }) => `${name}: ${readFileSync(logFile, 'utf8').slice(-2000)}`)
  throw new Error(`No answer from ${url}\n${logs.join('\n')}`)
}
