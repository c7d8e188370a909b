// The webhook of a file's event as Uploadcare's version 0.7 sends it. Pure.
import type { HookRecord, JsonObject } from '../../../records/index.ts'
import { withoutUser } from '../../services/hooks/index.ts'
import { signBody } from '../../services/hooks/signature.ts'
import type { FileEvent, FileEventDelivery, FileEventTranslator } from '../../services/uploads/file-event.ts'
import { isoOf, restFile, safeFilename } from './file-json.ts'

export const uploadcareFileWebhook: FileEventTranslator = (delivery) => {
  const body = bodyOf(delivery)
  const secret = delivery.hook.signingSecret
  if (secret === null) return { body }
  // Signed over this text: the hooks write the same object in the same way when they send it.
  return { body, headers: { 'x-uc-signature': signBody(JSON.stringify(body), secret) } }
}

function bodyOf({ hook, fileEvent, bases, publicKey }: FileEventDelivery): JsonObject {
  const { file, before, event, isBySystem } = fileEvent
  return {
    initiator: {
      type: isBySystem ? 'system' : 'api',
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
    data: restFile(file, bases),
    file: `${bases.pictures}/${file.id}/${safeFilename(file.name)}`,
    ...(before ? { previous_values: previousValues(before, file) } : {}),
  }
}

/** Only what changed. */
function previousValues(before: FileEvent['file'], file: FileEvent['file']): JsonObject {
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
