// Uploadcare's REST API 0.7: files, groups, the project, webhooks. What it would convert elsewhere it refuses by name.
import { Hono } from 'hono'
import type { GroupRecord } from '../../../records/index.ts'
import type { Scope } from '../../services/accounts/accounts.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { restFile } from './file-json.ts'
import { groupShape, groupSummary } from './group.ts'
import { descriptionResources } from './rest-descriptions.ts'
import { notFound, RestError } from './rest-error.ts'
import { fileResources } from './rest-files.ts'
import { nowhere, type RestRequest, type RestResource, resource } from './rest-frame.ts'
import { listing, pageOf } from './rest-lists.ts'
import { webhookResources } from './rest-webhooks.ts'

type Unscoped = Omit<RestResource, 'scope'>

export function createUploadcareRest(parts: ApiParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  const add = (scope: Scope, resources: readonly Unscoped[]) => {
    for (const one of resources) resource(app, parts, { ...one, scope })
  }
  add('files', fileResources(parts))
  add('files', descriptionResources(parts))
  add('files', groupResources(parts))
  add('files', [{ path: '/project/', answers: { GET: async (asked) => projectShape(asked) } }])
  add('webhooks', webhookResources(parts))
  add('files', refusals)
  for (const first of ['files', 'groups', 'project', 'webhooks', 'convert', 'addons']) nowhere(app, first)
  return app
}

function groupResources(parts: ApiParts): readonly Unscoped[] {
  const { uploads, records } = parts
  const groupOf = async (asked: RestRequest): Promise<GroupRecord> => {
    const group = await uploads.getGroup(asked.project, asked.param('id'))
    if (!group) throw notFound()
    return group
  }
  const list = async (asked: RestRequest) => {
    const { project, bases } = asked
    const page = pageOf(asked, 'datetime_created', 'oldest')
    const [{ rows, next }, total] = await Promise.all([
      uploads.findGroups({ ...page, project }),
      uploads.countGroups(project),
    ])
    const results = rows.map((group) => groupSummary(group, bases.api))
    return listing({ asked, next, limit: page.limit, total, results })
  }
  return [
    { path: '/groups/', answers: { GET: list } },
    {
      path: '/groups/:id/',
      answers: {
        GET: async (asked) =>
          groupShape(await groupOf(asked), {
            records,
            base: asked.bases.api,
            shape: (file) => restFile(file, asked.bases),
          }),
        DELETE: async (asked) => {
          const isRemoved = await uploads.removeGroup(asked.project, asked.param('id'))
          if (!isRemoved) throw notFound()
          return undefined
        },
      },
    },
  ]
}

const projectShape = ({ key, project }: RestRequest) => ({
  collaborators: [],
  name: project,
  pub_key: key.id,
  autostore_enabled: true,
})

/** Documents, videos and add-ons are other services' work. */
const refusals: readonly Unscoped[] = [
  ...['/convert/document/', '/convert/video/', '/convert/document/:uuid/'].map((path) => ({
    path,
    answers: all('Documents and videos cannot be converted on this server.'),
  })),
  ...['/convert/:type/status/:token/', '/addons/:name/execute/', '/addons/:name/execute/status/'].map(
    (path) => ({
      path,
      answers: all('There are no conversions and no add-ons on this server.'),
    }),
  ),
]

function all(detail: string): RestResource['answers'] {
  const refuse = async () => {
    throw new RestError(400, detail)
  }
  return { GET: refuse, POST: refuse }
}
