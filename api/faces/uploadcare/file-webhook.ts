// The body of a webhook as Uploadcare's version 0.7 sends it. Pure.
import type { HookRecord, JsonObject } from '../../../records/index.ts'
import { withoutUser } from '../../services/hooks/index.ts'
import type { Delivery } from '../../services/uploads/file-event.ts'
import { isoOf, restFile, safeFilename } from './file-json.ts'

export function uploadcareDelivery({ hook, told, base, publicKey }: Delivery): JsonObject {
  const { file, before, event } = told
  return {
    initiator: {
      type: told.isBySystem ? 'system' : 'api',
      detail: { request_id: null, addon_name: null, source_file_uuid: null },
    },
    hook: {
      id: hook.id,
      project_id: projectNumber(hook),
      project_pub_key: publicKey,
      created_at: isoOf(hook.created),
      updated_at: isoOf(hook.updated),
      event,
      target: withoutUser(hook.targetUrl),
      is_active: hook.isActive,
      version: hook.version,
    },
    data: restFile(file, base),
    file: `${base}/${file.id}/${safeFilename(file.name)}`,
    ...(before ? { previous_values: previousValues(before, file) } : {}),
  }
}

/** Only what changed. */
function previousValues(before: Delivery['told']['file'], file: Delivery['told']['file']): JsonObject {
  const isOther = (name: 'metadata' | 'tags') => JSON.stringify(before[name]) !== JSON.stringify(file[name])
  return {
    ...(isOther('metadata') ? { metadata: before.metadata } : {}),
    ...(isOther('tags') ? { tags: before.tags } : {}),
  }
}

/** Uploadcare numbers its projects; ours have names, so the same name always gives the same number. */
export function projectNumber({ project }: Pick<HookRecord, 'project'>): number {
  let number = 0
  for (const character of project) number = (number * 31 + (character.codePointAt(0) ?? 0)) % 1_000_000_007
  return number
}
