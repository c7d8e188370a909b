// A real Azurite (Microsoft's own emulator of Azure Storage) on loopback, when it is installed in azurite/ beside this file.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { freePorts } from './ports.ts'
import { end, start, untilAnswers } from './processes.ts'

const program = join(import.meta.dirname, 'azurite/node_modules/azurite/dist/src/blob/main.js')

/** Why it cannot be started here, when it cannot. */
export const azuriteMissing: string | undefined = existsSync(program)
  ? undefined
  : 'Azurite is not installed (npm ci --prefix test/servers/azurite)'

export interface Azurite {
  readonly endpoint: string
  readonly account: string
  readonly key: string
  container(name: string): Promise<void>
  stop(): Promise<void>
}

/** The pair that every Azurite has; it is published. */
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

export async function startAzurite(): Promise<Azurite> {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-azurite-'))
  const [port = 0] = await freePorts(1)
  const command = [
    process.execPath,
    program,
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
    '-l',
    dir,
  ]
  const options = ['--silent', '--skipApiVersionCheck', '--disableTelemetry']
  const server = start('azurite', [...command, ...options], join(dir, 'azurite.log'))
  const stop = async () => {
    await end(server)
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    await untilAnswers(`http://127.0.0.1:${port}/`, [server])
  } catch (thrown) {
    await stop()
    throw thrown
  }
  const endpoint = `http://127.0.0.1:${port}/${account}`
  const container = async (name: string) => {
    await new ContainerClient(`${endpoint}/${name}`, new StorageSharedKeyCredential(account, key)).create()
  }
  return { endpoint, account, key, container, stop }
}
