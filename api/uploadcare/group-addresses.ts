// Groups under the CDN's addresses: the group as JSON, and a member by its place, which leads to the member's own
// address. A redirect, because the edge knows files and not groups.
import { type Context, Hono } from 'hono'
import { Failure } from '../../errors.ts'
import { publicProblem } from '../../problem.ts'
import type { GroupRecord } from '../../records/index.ts'
import { baseOf } from '../incoming.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { groupShape } from './group.ts'
import { fileInfo } from './shapes.ts'

const group = '/:group{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}~[0-9]{1,4}}'
const headers = {
  // Members never change place; one that is removed should not be led to for long.
  'cache-control': 'public, max-age=300',
  // As everything that a page may show: a redirect is followed from another origin only where each step allows it.
  'access-control-allow-origin': '*',
}

export function createGroupAddresses(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  for (const path of [group, `${group}/`])
    app.get(path, async (c) => {
      const look = { records: parts.records, base: baseOf(c.env.incoming, parts.publicUrl), shape: fileInfo }
      return c.json(await groupShape(await groupOf(c, parts), look), 200, headers)
    })
  app.get(`${group}/nth/:place{[0-9]{1,4}}/*`, async (c) => {
    const found = await groupOf(c, parts)
    const member = found.files[Number(c.req.param('place'))]
    if (!member) throw new Failure('not-found', `The group has ${found.files.length} files, counted from 0.`)
    // As it was sent: what is percent-encoded in it stays so.
    const [, rest = ''] = /\/nth\/\d+\/(.*)$/s.exec(c.env.incoming.url ?? '') ?? []
    return c.body(null, 302, { ...headers, location: `/${member.id}/${member.effects}${rest}` })
  })
  app.get(`${group}/*`, () => {
    throw new Failure(
      'not-found',
      'A group is told at its own address, a member at nth/0/; archives are not made.',
    )
  })
  app.onError((error) => {
    const { status, headers, body } = publicProblem(error)
    return new Response(new Uint8Array(body), {
      status,
      headers: { 'access-control-allow-origin': '*', ...headers },
    })
  })
  return app
}

async function groupOf(c: Context<ApiEnv>, { records }: ApiParts): Promise<GroupRecord> {
  const found = await records.groups.get((c.req.param('group') ?? '').toLowerCase())
  if (!found) throw new Failure('not-found', 'There is no such group.')
  return found
}
