// Informational answers on their way to the client (RFC 9110 15.2).
import type { ServerResponse } from 'node:http'
import { answerLines, type Lines } from './message-headers.ts'

/** 103 Early Hints and 102 are the only ones that a server sends by itself and a browser makes something of. */
export function inform(res: ServerResponse, status: number, lines: Lines): void {
  if (res.headersSent || res.req.httpVersionMinor === 0) return
  if (status === 103) res.writeEarlyHints(objectOf(answerLines(lines)))
  else if (status === 102) res.writeProcessing()
}

function objectOf(lines: Lines): Record<string, string | string[]> & { link: string | string[] } {
  const fields: Record<string, string[]> = {}
  for (let at = 0; at < lines.length; at += 2) {
    const name = (lines[at] ?? '').toLowerCase()
    fields[name] = [...(fields[name] ?? []), lines[at + 1] ?? '']
  }
  return { ...fields, link: fields.link ?? [] }
}
