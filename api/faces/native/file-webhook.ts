// The webhook of a file's event as the native API writes it. Pure.
import type { FileEventTranslator } from '../../services/uploads/file-event.ts'
import { fileView } from './schemas/files.ts'

/** Signed by the deliverer, anew for each attempt. */
export const nativeFileWebhook: FileEventTranslator = ({ hook, fileEvent, bases }) => {
  const { event, file, before } = fileEvent
  const body = {
    event,
    file: fileView(file, bases),
    ...(before ? { before: { metadata: before.metadata, tags: before.tags } } : {}),
  }
  return { body, ...(hook.signingSecret === null ? {} : { secret: hook.signingSecret }) }
}
