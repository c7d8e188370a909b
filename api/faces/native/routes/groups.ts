// Groups: files that belong together, in their order.
import { createRoute, z } from '@hono/zod-openapi'
import { json, jsonRequest, notFound, type Routing } from '../app.ts'
import { pageBody, pageOf, paging, placeOf, TimePlace } from '../pages.ts'
import { failureResponses, jsonStatuses } from '../problems.ts'
import { Group, groupView, NewGroup } from '../schemas/files.ts'
import { moment } from '../schemas/scalars.ts'

const tags = ['Groups']
const params = z.object({ id: z.string().max(100) })

export function addGroups(routing: Routing): void {
  addCreate(routing)
  addList(routing)
  addOne(routing)
  addDelete(routing)
}

function addCreate({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files', hasJson: true }),
      method: 'post',
      path: '/v1/groups',
      operationId: 'createGroup',
      tags,
      summary: 'Put files together',
      request: { body: jsonRequest(NewGroup) },
      responses: { 201: json(Group, 'The group.'), ...failureResponses(...jsonStatuses) },
    }),
    async (c) => {
      const members = c.req
        .valid('json')
        .files.map((file) =>
          typeof file === 'string' ? { id: file, effects: '' } : { id: file.id, effects: file.effects ?? '' },
        )
      return c.json(groupView(await parts.uploads.addGroup(c.get('key').project, members)), 201)
    },
  )
}

function addList({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'get',
      path: '/v1/groups',
      operationId: 'findGroups',
      tags,
      summary: 'List groups',
      request: {
        query: z.strictObject({
          ...paging,
          order: z.enum(['newest', 'oldest']).optional(),
          from: moment().optional().openapi({ description: 'Begins at this time.' }),
        }),
      },
      responses: { 200: json(pageOf('GroupPage', Group), 'A page of groups.'), ...failureResponses() },
    }),
    async (c) => {
      const { limit, cursor, order, from } = c.req.valid('query')
      const after = placeOf(TimePlace, cursor)
      const { rows, next } = await parts.uploads.findGroups({
        project: c.get('key').project,
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after }),
        ...(order === undefined ? {} : { order }),
        ...(from === undefined ? {} : { from }),
      })
      return c.json(pageBody(c, rows.map(groupView), next), 200)
    },
  )
}

function addOne({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'get',
      path: '/v1/groups/{id}',
      operationId: 'getGroup',
      tags,
      summary: 'One group',
      request: { params },
      responses: { 200: json(Group, 'The group.'), ...failureResponses(404) },
    }),
    async (c) => {
      const group = await parts.uploads.getGroup(c.get('key').project, c.req.valid('param').id)
      if (!group) throw notFound('group')
      return c.json(groupView(group), 200)
    },
  )
}

function addDelete({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'files' }),
      method: 'delete',
      path: '/v1/groups/{id}',
      operationId: 'deleteGroup',
      tags,
      summary: 'Take a group apart',
      description: 'Its files stay.',
      request: { params },
      responses: { 204: { description: 'It is gone.' }, ...failureResponses(404) },
    }),
    async (c) => {
      if (!(await parts.uploads.removeGroup(c.get('key').project, c.req.valid('param').id)))
        throw notFound('group')
      return c.body(null, 204)
    },
  )
}
