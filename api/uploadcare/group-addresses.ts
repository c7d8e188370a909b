// Groups under the CDN's addresses: the group as JSON, and a member by its place, which leads to the member's own
// address (url-uploadcare.md, section 1). A redirect, because the edge knows files and not groups.
import { type Context, Hono } from 'hono'
import { Failure } from '../../errors.ts'
import { problemAnswer } from '../../problem.ts'
import type { GroupRecord } from '../../records/index.ts'
import { baseOf } from '../incoming.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { groupShape } from './group.ts'
import { fileInfo } from './shapes.ts'

const group = '/:group{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}~[0-9]{1,4}}'
/** Members never change place; one that is removed should not be led to for long. */
const keepFor = 'public, max-age=300'

export function createGroupAddresses(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.get(`${group}/`, async (c) => {
    const look = { records: parts.records, base: baseOf(c.env.incoming, parts.publicUrl), shape: fileInfo }
    return c.json(await groupShape(await groupOf(c, parts), look), 200, { 'cache-control': keepFor })
  })
  app.get(`${group}/nth/:place{[0-9]{1,4}}/*`, async (c) => {
    const found = await groupOf(c, parts)
    const member = found.files[Number(c.req.param('place'))]
    if (!member) throw new Failure('not-found', `The group has ${found.files.length} files, counted from 0.`)
    // As it was sent: what is percent-encoded in it stays so.
    const [, rest = ''] = /\/nth\/\d+\/(.*)$/s.exec(c.env.incoming.url ?? '') ?? []
    return c.body(null, 302, { location: `/${member.id}/${member.effects}${rest}`, 'cache-control': keepFor })
  })
  app.onError((error) => {
    const { status, headers, body } = problemAnswer(error)
    return new Response(new Uint8Array(body), { status, headers })
  })
  return app
}

async function groupOf(c: Context<ApiEnv>, { records }: ApiParts): Promise<GroupRecord> {
  const found = await records.groups.get(c.req.param('group') ?? '')
  if (!found) throw new Failure('not-found', 'There is no such group.')
  return found
}
