// Two API processes on one PostgreSQL and one storage: what one promised the other may keep, once.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccounts } from '../../api/services/accounts/index.ts'
import { openRecords } from '../../records/index.ts'
import { jpeg } from '../pictures.ts'
import { noPostgres, type Server, startPostgres } from '../records/postgres.ts'
import { aNode, type Node, times } from './cdn.ts'

const secret = 'the seal of both processes'

describe.skipIf(noPostgres)(
  `two APIs on one database${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'halftone-shared-'))
    const told: string[] = []
    const receiver = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      told.push(JSON.parse(body).id)
      response.end()
    })
    let server: Server
    let nodes: readonly [Node, Node]
    let token: string

    beforeAll(async () => {
      server = await startPostgres()
      const database = await server.fresh()
      await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
      const settings = {
        ...{ database, secret, allowAddresses: ['127.0.0.1/32'] },
        storage: { kind: 'folder' as const, dir: join(dir, 'storage') },
      }
      nodes = await Promise.all([aNode(settings), aNode(settings)])
      const records = await openRecords({ url: database })
      const { key, secret: drawn } = await createAccounts({ records, secret, isDemo: false }).create({
        ...{ project: 'shop', user: 'ann', scopes: ['*'] },
      })
      await records.close()
      token = `${key.id}.${drawn}`
    })
    afterAll(async () => {
      await Promise.all(nodes.map((node) => node.stop()))
      receiver.closeAllConnections()
      receiver.close()
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    })

    const ask = (node: Node, path: string, body?: Buffer) =>
      fetch(`${node.url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        ...(body ? { method: 'POST', body: new Uint8Array(body) } : {}),
      })

    test('a file that one took is the other’s as well', async () => {
      const taken = await ask(nodes[0], '/v1/files', await jpeg())
      expect(taken.status).toBe(201)
      const { id } = (await taken.json()) as { id: string }
      expect(await (await ask(nodes[1], `/v1/files/${id}`)).json()).toMatchObject({ id })
      expect((await nodes[1].get(`/uploads/${id}?w=20`)).status).toBe(200)
    })

    test('twenty promises made to one are each told once, whoever kept them', async () => {
      const photo = await jpeg({ width: 200, height: 100 })
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
      const promised = await Promise.all(
        times(20, () => ask(nodes[0], `/v1/optimize?callback_url=${encodeURIComponent(url)}`, photo)),
      )
      expect(promised.map(({ status }) => status)).toEqual(times(20, () => 202))
      const ids = await Promise.all(promised.map(async (each) => ((await each.json()) as { id: string }).id))
      await expect.poll(() => told.toSorted()).toEqual(ids.toSorted())
    })

    test('a text that PostgreSQL cannot hold is refused, and is no fault of ours', async () => {
      expect((await ask(nodes[0], '/v1/files/a%00b')).status).not.toBe(500)
      const stranger = { authorization: `Basic ${Buffer.from('a\0b:c').toString('base64')}` }
      expect((await fetch(`${nodes[0].url}/v1/account`, { headers: stranger })).status).toBe(400)
    })
  },
)
