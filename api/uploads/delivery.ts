// The body of a webhook in our own form: the file as the native API shows it.
import type { JsonObject } from '../../records/index.ts'
import { fileView } from '../native/schemas/files.ts'
import type { Delivery } from './told.ts'

export const nativeDelivery = ({ told, base }: Delivery): JsonObject => ({
  event: told.event,
  file: fileView(told.file, base),
  ...(told.before ? { before: { metadata: told.before.metadata, tags: told.before.tags } } : {}),
})
