// Asks a server of a benchmark what only it can tell (inside.ts).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Inside } from './inside.ts'
import type { Server } from './servers.ts'

export interface Looking {
  /** For the server that is to be looked into. */
  readonly environment: Readonly<Record<string, string>>
  /** Collects its garbage first. */
  look(server: Server): Promise<Inside>
  end(): void
}

export function prepareLooking(): Looking {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-inside-'))
  return {
    environment: {
      NODE_OPTIONS: `--import=${new URL('./inside.ts', import.meta.url)}`,
      BENCH_INSIDE: folder,
    },
    async look(server) {
      const [pid = 0] = server.pids()
      const file = join(folder, `${pid}.json`)
      rmSync(file, { force: true })
      process.kill(pid, 'SIGUSR2')
      for (let tries = 0; tries < 500; tries++) {
        await pause(20)
        const told = contentOf(file)
        if (told) return JSON.parse(told)
      }
      throw new Error('the server says nothing of itself')
    },
    end: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
