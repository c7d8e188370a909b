// What the tests of the intake share: an intake in a folder of its own, a server that receives with it, raw clients.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'
import { createIntake, type Intake, type IntakeOptions } from '../../api/intake/index.ts'
import { asFailure } from '../../errors.ts'
import { createGuard } from '../../fetch/guard.ts'
import { statusOf } from '../../problem.ts'
import { listen } from '../../wire/server.ts'
import type { Listener } from '../../wire/tier-listener.ts'

export interface TestIntake extends Intake {
  readonly dir: string
  /** Files that lie in the spool now. */
  files(): string[]
}

export function anIntake(options: Partial<IntakeOptions> = {}): TestIntake {
  const dir = options.dir ?? aFolder()
  const intake = createIntake({
    dir,
    totalBytes: 1e9,
    stallMs: 30_000,
    connectMs: 10_000,
    fetchMs: 60_000,
    dispatcher: createGuard({ allowAddresses: ['127.0.0.1'] }),
    ...options,
  })
  onTestFinished(() => intake.close())
  return { ...intake, dir, files: () => filesBelow(dir) }
}

export function aFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-intake-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }))
  return dir
}

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

export interface Receiving {
  readonly port: number
  readonly url: string
}

/** A server that answers with what `receive` gives as JSON, or with the failure's kind and its status. */
export async function aReceiver(receive: (request: IncomingMessage) => Promise<unknown>): Promise<Receiving> {
  const listener: Listener = (request, response) => {
    receive(request).then(
      (value) => response.end(JSON.stringify(value)),
      (thrown: unknown) => {
        const { kind, message } = asFailure(thrown)
        response.writeHead(statusOf(kind)).end(JSON.stringify({ kind, message }))
      },
    )
  }
  const server = await listen({ host: '127.0.0.1', port: 0, listener })
  onTestFinished(() => server.close(0))
  return { port: server.port, url: `${server.url}/` }
}

export interface RawClient {
  readonly socket: Socket
  /** All that was answered until now. */
  text(): string
  /** Resolves when the server closed the connection. */
  readonly closed: Promise<void>
}

export async function aRawClient(port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  onTestFinished(() => void socket.destroy())
  await new Promise<void>((resolve) => socket.on('connect', resolve))
  return { socket, text: () => Buffer.concat(chunks).toString('latin1'), closed }
}

export const head = (length: number, type = 'application/octet-stream'): string =>
  `POST / HTTP/1.1\r\nhost: here\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`

export interface Part {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly body: string | Buffer
}

export const boundary = 'a7f3c91e'
export const formType = `multipart/form-data; boundary=${boundary}`

export function aForm(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, filename, type, body }) => [
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`,
    filename === undefined ? '' : `; filename="${filename}"`,
    type === undefined ? '' : `\r\ncontent-type: ${type}`,
    '\r\n\r\n',
    body,
    '\r\n',
  ])
  return Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece)))
}

export const aJpeg = (width = 320, height = 200): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#c33' } })
    .jpeg()
    .toBuffer()
