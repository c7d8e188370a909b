// The API, its processing node and the CDN as processes of their own: one storage between them, and pixels only where
// they belong.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { aProcess, type Process } from './processes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const secret = 'known to all processes of this test'
const shared = mkdtempSync(join(tmpdir(), 'halftone-apart-'))
const environment = {
  HALFTONE_TIER_SECRET: secret,
  HALFTONE_STORAGE: JSON.stringify({ kind: 'folder', dir: join(shared, 'storage') }),
}

let node: Process
let api: Process
let cdn: Process
let key: { readonly id: string; readonly secret: string }

beforeAll(async () => {
  const roles = (written: string) => ({ args: ['--role', written] })
  ;[node, cdn] = await Promise.all([
    aProcess({ ...roles('processor'), environment }),
    aProcess({ ...roles('edge,shield,origin'), environment }),
  ])
  api = await aProcess({
    ...roles('api'),
    environment: { ...environment, HALFTONE_PROCESSORS: node.url, HALFTONE_PICTURES_URL: cdn.url },
  })
  key = addKey(api.dataDir)
})
afterAll(async () => {
  for (const each of [api, cdn, node]) await each?.end()
  rmSync(shared, { recursive: true, force: true })
})

/** As an operator draws it, while the process runs. */
function addKey(dataDir: string): typeof key {
  const args = ['keys', 'add', '--project', 'shop', '--user', 'ann', '--json']
  const { stdout } = spawnSync(join(root, 'bin/halftone'), args, {
    env: { ...process.env, HALFTONE_DATA: dataDir },
    encoding: 'utf8',
  })
  return JSON.parse(stdout)
}

const post = (path: string, body: Buffer) =>
  fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.id}.${key.secret}`, 'content-type': 'image/jpeg' },
    body: new Uint8Array(body),
  })

describe('the API apart from its processing node', () => {
  test('optimises there, and gives the result out itself', async () => {
    const photo = await jpeg()
    const answer = (await (await post('/v1/optimize', photo)).json()) as {
      url: string
      output: { bytes: number }
    }
    expect(answer.output.bytes).toBeLessThanOrEqual(photo.length)
    const result = await fetch(answer.url)
    expect(result.status).toBe(200)
    expect((await result.arrayBuffer()).byteLength).toBe(answer.output.bytes)
    expect(await node.metric('halftone_optimise_running')).toBe(0)
  })

  test('keeps uploads that the CDN serves by their identifier', async () => {
    const file = (await (await post('/v1/files', await jpeg({ width: 300, height: 200 }))).json()) as {
      id: string
      url: string
      content_url: string
    }
    expect([file.url, file.content_url]).toEqual([
      `${cdn.url}/${file.id}/`,
      `${api.url}/v1/files/${file.id}/content`,
    ])
    expect((await fetch(file.url)).status).toBe(200)
    const small = await cdn.get(`/${file.id}/-/preview/60x60/`)
    expect(small.status).toBe(200)
    expect(small.headers['content-type']).toBe('image/jpeg')
    expect((await cdn.get(`/uploads/${file.id}?w=60&fm=json`)).status).toBe(200)
  })

  test('leads from a group to its members, whom the CDN serves', async () => {
    const { id } = (await (await post('/v1/files', await jpeg())).json()) as { id: string }
    const form = new FormData()
    form.append('pub_key', key.id)
    form.append('files[]', id)
    const group = await fetch(`${api.url}/group/`, { method: 'POST', body: form })
    const { cdn_url } = (await group.json()) as { cdn_url: string }
    const member = await fetch(`${cdn_url}nth/0/-/preview/60x60/`, { redirect: 'manual' })
    expect([member.status, member.headers.get('location')]).toEqual([
      302,
      `${cdn.url}/${id}/-/preview/60x60/`,
    ])
    expect((await fetch(`${cdn_url}nth/0/-/preview/60x60/`)).status).toBe(200)
  })

  test('shows its pages', async () => {
    for (const page of ['/optimise', '/webhooks', '/usage']) {
      const shown = await api.get(page)
      expect([page, shown.status, shown.headers['content-type']]).toEqual([
        page,
        200,
        'text/html; charset=UTF-8',
      ])
      const [, script = ''] = /<script type="module" src="([^"]+)"/.exec(shown.body.toString()) ?? []
      expect((await api.get(script)).status).toBe(200)
      expect([400, 404]).toContain((await cdn.get(page)).status)
    }
    const start = await api.get('/')
    expect([start.status, start.headers.location]).toEqual([302, '/optimise'])
    expect((await cdn.get('/')).status).toBe(200)
  })

  test('says so when no node answers, and works again when one does', async () => {
    await node.end('SIGKILL')
    const refused = await post('/v1/optimize', await jpeg())
    expect([502, 503]).toContain(refused.status)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    await node.again()
    await expect.poll(async () => (await post('/v1/optimize', await jpeg())).status).toBe(200)
  })

  test('the node answers only who knows the secret, the API serves no pictures, the CDN no API', async () => {
    const stranger = await fetch(`${node.url}/process`, { method: 'POST', body: 'x' })
    expect(stranger.status).toBe(403)
    expect((await api.get('/samples/landscape.jpg')).status).toBe(403)
    expect((await cdn.get('/v1/account')).status).toBe(404)
  })
})
