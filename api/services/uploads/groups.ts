// Groups: files put together, in their order, under one id that also says how many there are.
import { randomUUID } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import type { UploadsContext } from './context.ts'
import type { Uploads } from './uploads.ts'

type UploadGroups = Pick<Uploads, 'addGroup' | 'getGroup' | 'findGroups' | 'countGroups' | 'removeGroup'>

const mostMembers = 1000

export function createGroups({ records, now }: UploadsContext): UploadGroups {
  const ownGroup = async (project: string, id: string) => {
    const group = await records.groups.get(id)
    return group?.project === project ? group : undefined
  }
  return {
    addGroup: (project, members) =>
      records.transaction(async (t) => {
        if (members.length < 1 || members.length > mostMembers)
          throw new Failure('bad-option', `A group has 1 to ${mostMembers} files.`, { option: 'files' })
        const rows = await t.files.getMany([...new Set(members.map(({ id }) => id))])
        const there = new Set(
          rows.filter((row) => row.project === project && row.state === 'ready').map(idOf),
        )
        const missing = members.find(({ id }) => !there.has(id))
        if (missing)
          throw new Failure('bad-option', 'A file of the group is not there.', {
            option: 'files',
            received: missing.id,
          })
        const group = { id: `${randomUUID()}~${members.length}`, project, files: members, created: now() }
        await t.groups.add(group)
        return group
      }),
    getGroup: ownGroup,
    findGroups: records.groups.find,
    countGroups: records.groups.count,
    removeGroup: async (project, id) => ((await ownGroup(project, id)) ? records.groups.remove(id) : false),
  }
}

const idOf = ({ id }: { readonly id: string }): string => id
