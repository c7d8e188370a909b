// What a result must say of where it was measured, so that another person can judge it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

export function machine(): Record<string, unknown> {
  return {
    at: new Date().toISOString(),
    commit: tryRun('git', ['rev-parse', '--short', 'HEAD']),
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    nginx: tryRun('nginx', ['-v']),
    packages: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).dependencies,
  }
}

function tryRun(command: string, args: readonly string[]): string | undefined {
  try {
    return (
      execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim() ||
      'installed'
    )
  } catch {
    return undefined
  }
}
