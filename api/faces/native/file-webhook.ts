// The body of a webhook in our own form: the file as the native API shows it.
import type { JsonObject } from '../../../records/index.ts'
import type { Delivery } from '../../services/uploads/file-event.ts'
import { fileView } from './schemas/files.ts'

export const nativeDelivery = ({ told, base }: Delivery): JsonObject => ({
  event: told.event,
  file: fileView(told.file, base),
  ...(told.before ? { before: { metadata: told.before.metadata, tags: told.before.tags } } : {}),
})
