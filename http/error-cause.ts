// Why something failed, in a few words for the log: what is found in the chain of causes, and no secret.

/** What errors of Node, of undici and of storage clients tell beside their message. */
interface ErrorFields {
  readonly code?: unknown
  readonly status?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly message?: unknown
  readonly cause?: unknown
}

const deepest = 5
const longest = 200

/** "ECONNREFUSED 10.0.0.7:80" or "status 503"; where nothing has a code, the last sentence. Undefined without a cause. */
export function describeCause(cause: unknown): string | undefined {
  const words: string[] = []
  let sentence = ''
  for (let at = cause, depth = 0; at !== undefined && at !== null && depth < deepest; depth++) {
    if (typeof at === 'string') words.push(at)
    if (typeof at === 'number') words.push(`status ${at}`)
    if (typeof at !== 'object') break
    const { code, status, address, port, message, cause: next }: ErrorFields = at
    if (typeof code === 'string') words.push(code + placeOf(address, port))
    if (typeof status === 'number') words.push(`status ${status}`)
    if (typeof message === 'string') sentence = message
    at = next
  }
  const said = words.length > 0 ? [...new Set(words)].join(', ') : sentence
  return said === '' ? undefined : inOneLine(said)
}

const placeOf = (address: unknown, port: unknown): string =>
  typeof address === 'string' ? ` ${address}${typeof port === 'number' ? `:${port}` : ''}` : ''

/** It crosses to the next tier in a header, and addresses in it may carry what opens them. */
const inOneLine = (text: string): string =>
  text
    .replaceAll(/\?[^\s"'<>]*/g, '?…')
    .replaceAll(/\/\/[^\s/@]*@/g, '//…@')
    .replaceAll('…', '...')
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, longest)
