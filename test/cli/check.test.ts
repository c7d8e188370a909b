// `halftone check` as an operator meets it: each thing that the configuration names is really tried.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WrittenConfig } from '../../config.ts'
import { freePort } from '../servers/ports.ts'

const bin = fileURLToPath(new URL('../../bin/halftone', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'halftone-check-'))
const servers: Server[] = []
let well: string
let failing: string
let closed: string

beforeAll(async () => {
  mkdirSync(join(folder, 'photos'))
  well = await serving((_request, response) => response.writeHead(404).end())
  failing = await serving((_request, response) => response.writeHead(500).end())
  closed = `http://127.0.0.1:${await freePort()}`
})
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

let written = 0

function check(config: WrittenConfig, environment: Record<string, string> = {}) {
  const file = join(folder, `${++written}.config.ts`)
  writeFileSync(file, `export default ${JSON.stringify(config)}\n`)
  const env = {
    ...process.env,
    HALFTONE_DATA: join(folder, 'data'),
    HALFTONE_SAMPLES: 'false',
    ...environment,
  }
  return new Promise<{ code: number; out: string; err: string }>((done) => {
    execFile(bin, ['--config', file, 'check'], { cwd: folder, env }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    )
  })
}

const open = { allowAddresses: ['127.0.0.1'] }

test('what can be reached is good, whatever it says of its first page', async () => {
  const { code, out } = await check({
    sources: {
      photos: { folder: join(folder, 'photos') },
      shop: { site: well, ...open },
      web: { hosts: [new URL(well).host, '*.example'], ...open },
      albums: { bucket: { kind: 'folder', dir: join(folder, 'bucket') } },
    },
    sites: { caps: { hosts: ['caps.example', '*.caps.example'], origin: well, ...open } },
  })
  expect(out).toMatch(/^site {5}caps: caps\.example, \*\.caps\.example from http:\/\/127\.0\.0\.1:\d+$/m)
  expect(out).toMatch(/^The configuration is good\.$/m)
  expect(code).toBe(0)
})

test('faults of the settings are all told at once', async () => {
  const { code, err } = await check({}, { PORT: 'eighty', HALFTONE_DRAIN: 'soon' })
  expect(code).toBe(1)
  expect(err).toContain('PORT: expected an integer')
  expect(err).toContain('HALFTONE_DRAIN: expected a duration')
})

describe('has a line with a fault for', () => {
  const s3 = { kind: 's3', bucket: 'pictures', accessKeyId: 'a', secretAccessKey: 'hunter2-hunter2' } as const

  test.each<[string, () => WrittenConfig, RegExp]>([
    [
      'a folder that is not there',
      () => ({ sources: { gone: { folder: '/nowhere/at/all' } } }),
      /^source {3}gone: .*FAULT: there is no such folder$/m,
    ],
    [
      'a file in the place of a folder',
      () => ({ sources: { file: { folder: bin } } }),
      /^source {3}file: .*FAULT: it is not a folder$/m,
    ],
    [
      'a site at a private address that was not allowed, with the setting that is missing',
      () => ({ sources: { shop: { site: well } } }),
      /^source {3}shop: .*FAULT: 127\.0\.0\.1 is not a public address: name it in allowAddresses$/m,
    ],
    [
      'a site that does not listen',
      () => ({ sources: { shop: { site: closed, ...open } } }),
      /^source {3}shop: .*FAULT: connect ECONNREFUSED/m,
    ],
    [
      'a site that fails',
      () => ({ sources: { shop: { site: failing, ...open } } }),
      /^source {3}shop: .*FAULT: it answers with status 500$/m,
    ],
    [
      'a site whose name is not known',
      () => ({ sources: { shop: { site: 'http://nowhere.invalid' } } }),
      /^source {3}shop: .*FAULT: .*nowhere\.invalid/m,
    ],
    [
      'a whole web site whose server has a private address',
      () => ({ sites: { caps: { hosts: ['caps.example'], origin: well } } }),
      /^site {5}caps: .*FAULT: 127\.0\.0\.1 is not a public address: name it in allowAddresses$/m,
    ],
    [
      'a host of a web proxy at a private address',
      () => ({ sources: { web: { hosts: [new URL(well).host] } } }),
      /^source {3}web: .*FAULT: 127\.0\.0\.1:\d+: 127\.0\.0\.1 is not a public address/m,
    ],
    [
      'a bucket of a source that does not answer',
      () => ({ sources: { albums: { bucket: { ...s3, endpoint: closed } } } }),
      /^source {3}albums: s3 bucket.*FAULT: The storage failed\. \(.*ECONNREFUSED/m,
    ],
    [
      'the bucket of the uploads that is not there',
      () => ({ storage: { ...s3, endpoint: well } }),
      /^storage {2}s3 bucket {2}FAULT: There is no such bucket\./m,
    ],
    [
      'a database that does not answer',
      () => ({ database: `postgres://ann:hunter2@${new URL(closed).host}/halftone` }),
      /^database postgres:\/\/127\.0\.0\.1:\d+\/halftone {2}FAULT: .*does not answer \(connect ECONNREFUSED/m,
    ],
    [
      'a data folder that cannot be written',
      () => ({ storage: { kind: 'folder', dir: join(bin, 'files') } }),
      /^storage {2}.*FAULT: the folder .* cannot be written \(ENOTDIR\)$/m,
    ],
  ])('%s', async (_what, config, line) => {
    const { code, out } = await check(config())
    expect(out).toMatch(line)
    expect(out).not.toContain('hunter2')
    expect(out).toMatch(
      /^The configuration can be read, but one thing that it names is not as it should be\.$/m,
    )
    expect(code).toBe(1)
  })
})
