// openapi-typescript: types of all paths, checked by the compiler in a program that also runs.
import { type Client, described, tool, write } from './tools.ts'

const program = `
import createClient from 'openapi-fetch'
import type { paths } from './api.d.ts'

const { HALFTONE: baseUrl = '', KEY, SECRET } = process.env
const client = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${KEY}.\${SECRET}\` } })

const { data: account } = await client.GET('/v1/account')
if (account?.key.id !== KEY || account?.key.revoked !== null) throw new Error('no account')
const { data: made, response } = await client.POST('/v1/keys', { body: { scopes: ['usage'], name: 'made' } })
if (response.status !== 201 || !made) throw new Error('no key')
const { data: same } = await client.PATCH('/v1/keys/{id}', { params: { path: { id: made.id } }, body: {} })
if (same?.name !== 'made') throw new Error('changed by nothing')
const { error } = await client.GET('/v1/files/{id}', { params: { path: { id: crypto.randomUUID() } } })
if (error?.status !== 404) throw new Error('found what is not there')
`

export const typescript: Client = async (place) => {
  await described(place)
  write(place, 'package.json', '{"type": "module"}')
  tool(place, 'npm', [
    ...['install', '--no-audit', '--no-fund', 'openapi-typescript@7.13.0', 'openapi-fetch@0.17.0'],
    ...['typescript@5', '@types/node@24'],
  ])
  tool(place, 'npx', ['openapi-typescript', 'openapi.json', '-o', 'api.d.ts'])
  write(place, 'use.ts', program)
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--allowImportingTsExtensions']
  tool(place, 'npx', [
    'tsc',
    ...options,
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--types',
    'node',
    'use.ts',
  ])
  tool(place, process.execPath, ['use.ts'])
  return undefined
}
