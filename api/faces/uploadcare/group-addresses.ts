// Groups at the CDN's addresses: a group as JSON, and a member by its index, which redirects to the member's own address
// because the edge knows files and not groups.
import { type Context, Hono } from 'hono'
import { Failure } from '../../../errors.ts'
import { publicProblem } from '../../../problem.ts'
import type { GroupRecord } from '../../../records/index.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { baseOf } from '../request.ts'
import { fileInfo } from './file-json.ts'
import { groupShape } from './group.ts'

const group = '/:group{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}~[0-9]{1,4}}'
const headers = {
  // As everything that a page may show: a redirect is followed from another origin only where each step allows it.
  'access-control-allow-origin': '*',
}

/** Members never change place; one that is removed should not be led to for long, and an address that ends is not kept. */
const cacheHeaders = (expires: number | undefined) => ({
  ...headers,
  'cache-control': expires === undefined ? 'public, max-age=300' : 'private, no-cache',
})

export function createGroupAddresses(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  for (const path of [group, `${group}/`])
    app.get(path, async (c) => {
      const expires = admitRequest(c, parts)
      const look = { records: parts.records, base: baseOf(c.env.incoming, parts.publicUrl), shape: fileInfo }
      return c.json(await groupShape(await groupOf(c, parts), look), 200, cacheHeaders(expires))
    })
  app.get(`${group}/nth/:place{[0-9]{1,4}}/*`, async (c) => {
    const expires = admitRequest(c, parts)
    const found = await groupOf(c, parts)
    const member = found.files[Number(c.req.param('place'))]
    if (!member) throw new Failure('not-found', `The group has ${found.files.length} files, counted from 0.`)
    // As it was sent: what is percent-encoded in it stays so. What signed the group's address signs no other.
    const [, rest = ''] = /\/nth\/\d+\/([^?]*)/.exec(targetOf(c)) ?? []
    const address = parts.delivery.address(`/${member.id}/${member.effects}${rest}`, expires)
    // The files are the edges', which may be elsewhere.
    const location = `${parts.picturesUrl ?? ''}${address}`
    return c.body(null, 302, { ...cacheHeaders(expires), location })
  })
  app.get(`${group}/*`, (c) => {
    admitRequest(c, parts)
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

const targetOf = (c: Context<ApiEnv>): string => c.env.incoming.url ?? ''

/** Who may see the files may see the group: it names them. */
const admitRequest = (c: Context<ApiEnv>, { delivery }: ApiParts): number | undefined =>
  delivery.admit(targetOf(c))

async function groupOf(c: Context<ApiEnv>, { records }: ApiParts): Promise<GroupRecord> {
  const found = await records.groups.get((c.req.param('group') ?? '').toLowerCase())
  if (!found) throw new Failure('not-found', 'There is no such group.')
  return found
}
