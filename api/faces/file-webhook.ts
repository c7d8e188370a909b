// The webhook of a file's event, in the words of the API through which it was subscribed. Pure.
import type { FileEventTranslator } from '../services/uploads/file-event.ts'
import { nativeFileWebhook } from './native/file-webhook.ts'
import { uploadcareFileWebhook } from './uploadcare/file-webhook.ts'
import { version } from './uploadcare/rest-frame.ts'

export const translateFileEvent: FileEventTranslator = (delivery) =>
  delivery.hook.version === version ? uploadcareFileWebhook(delivery) : nativeFileWebhook(delivery)
