// The body of a webhook in our own form.
import type { JsonObject } from '../../records/index.ts'
import type { Delivery } from './told.ts'

export function nativeDelivery({ told, base }: Delivery): JsonObject {
  const { event, file, before } = told
  return {
    event,
    file: {
      id: file.id,
      url: `${base}/${file.id}/`,
      name: file.name,
      bytes: file.bytes,
      type: file.type,
      facts: file.facts,
      metadata: file.metadata,
      tags: file.tags,
      created: isoOf(file.created),
      stored: isoOf(file.stored),
      removed: isoOf(file.removed),
    },
    ...(before ? { before: { metadata: before.metadata, tags: before.tags } } : {}),
  }
}

const isoOf = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())
