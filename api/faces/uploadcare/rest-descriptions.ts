// Metadata, key by key, and tags of files in the REST API.
import type { FileRecord, Json } from '../../../records/index.ts'
import type { DescriptionChange } from '../../services/uploads/uploads.ts'
import type { ApiParts } from '../parts.ts'
import { notFound, RestError } from './rest-error.ts'
import { fileOf, idIn } from './rest-files.ts'
import { objectIn, type RestReply, type RestRequest, type RestResource, replyCreated } from './rest-frame.ts'

type DescriptionParts = Pick<ApiParts, 'uploads'>

export function descriptionResources(parts: DescriptionParts): readonly Omit<RestResource, 'scope'>[] {
  return [
    {
      path: '/files/:uuid/metadata/',
      answers: { GET: async (asked) => (await hereOf(asked, parts)).metadata },
    },
    {
      path: '/files/:uuid/metadata/:key/',
      answers: {
        GET: async (asked) => valueIn(await hereOf(asked, parts), asked.param('key')),
        PUT: (asked) => putValue(asked, parts),
        DELETE: (asked) => dropValue(asked, parts),
      },
    },
    {
      path: '/files/:uuid/tags/',
      answers: {
        GET: async (asked) => ({ tags: (await hereOf(asked, parts)).tags }),
        PUT: (asked) => {
          const { tags } = objectIn(asked)
          return retag(asked, parts, { tags: listIn(tags, 'tags') })
        },
        PATCH: (asked) => {
          const body = objectIn(asked)
          const [add, drop] = [listIn(body.add ?? [], 'add'), listIn(body.delete ?? [], 'delete')]
          return retag(asked, parts, { add, drop })
        },
      },
    },
  ]
}

async function hereOf(asked: RestRequest, parts: DescriptionParts): Promise<FileRecord> {
  const file = await fileOf(asked, parts)
  if (file.state !== 'ready') throw notFound()
  return file
}

function valueIn({ metadata }: FileRecord, key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined
  if (value === undefined) throw notFound()
  return value
}

async function putValue(asked: RestRequest, parts: DescriptionParts): Promise<RestReply> {
  const [key, value] = [asked.param('key'), asked.json()]
  if (typeof value !== 'string') throw new RestError(400, 'Expected JSON string.')
  let isNew = false
  await changeFile(asked, parts, ({ metadata }) => {
    isNew = !Object.hasOwn(metadata, key)
    return { metadata: { ...metadata, [key]: value } }
  })
  return isNew ? replyCreated(value) : value
}

async function dropValue(asked: RestRequest, parts: DescriptionParts): Promise<RestReply> {
  const key = asked.param('key')
  await changeFile(asked, parts, (file) => {
    valueIn(file, key)
    const { [key]: _, ...rest } = file.metadata
    return { metadata: rest }
  })
  return undefined
}

type TagChange =
  | { readonly tags: readonly string[] }
  | { readonly add: readonly string[]; readonly drop: readonly string[] }

/** Removals first, so that one can be taken away and put at the end again. */
async function retag(asked: RestRequest, parts: DescriptionParts, wish: TagChange): Promise<RestReply> {
  let before: readonly string[] = []
  const { tags } = await changeFile(asked, parts, (file) => {
    before = file.tags
    const kept =
      'tags' in wish ? wish.tags : [...before.filter((tag) => !wish.drop.includes(tag)), ...wish.add]
    return { tags: [...new Set(kept)] }
  })
  const without = (some: readonly string[], others: readonly string[]) =>
    some.filter((tag) => !others.includes(tag)).sort()
  return { tags, added: without(tags, before), deleted: without(before, tags) }
}

function listIn(value: Json | undefined, name: string): string[] {
  if (Array.isArray(value) && value.every((tag) => typeof tag === 'string')) return [...value]
  throw new RestError(400, `${name} should be a list of texts.`)
}

async function changeFile(
  asked: RestRequest,
  { uploads }: DescriptionParts,
  change: (file: FileRecord) => DescriptionChange,
) {
  const file = await uploads.change(asked.project, idIn(asked), change)
  if (!file) throw notFound()
  return file
}
