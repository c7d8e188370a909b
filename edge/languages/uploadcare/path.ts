// Takes an address apart: the identifier, the operations with their arguments, the file name at the end.
import { Failure } from '../../../errors.ts'

export interface Operation {
  /** In lower case. */
  readonly name: string
  /** Decoded, as written. */
  readonly args: readonly string[]
}

export interface UploadcarePath {
  readonly id: string
  readonly operations: readonly Operation[]
  /** Decoded; only for the browser that saves the file. */
  readonly name?: string | undefined
}

const maxPath = 4096
/** Nobody writes so many; each is looked at several times. */
const maxOperations = 50

/** What the language writes without a mark, before all operations. */
const unmarked: ReadonlySet<string> = new Set(['detect_faces', 'gif2video'])

/** An operation is '-', its name, and all up to the next '-'. Without a slash at the end the last part is a name. */
export function readPath(rawPath: string): UploadcarePath {
  if (rawPath.length > maxPath) throw bad(`The path is longer than ${maxPath} characters`)
  const [, id = '', ...rest] = rawPath.split('/').map(decodePart)
  const parts = rest.filter((part, at) => part !== '' || at === rest.length - 1)
  const last = parts.pop()
  // '/-/preview' can only be an operation: nothing else stands behind the mark.
  const isName = last !== undefined && last !== '' && last !== '-' && parts.at(-1) !== '-'
  if (!isName && last) parts.push(last)
  const [first = '-'] = parts
  if (unmarked.has(first.toLowerCase()))
    return { id: id.toLowerCase(), operations: marked(parts), name: isName ? last : undefined }
  if (first !== '-') throw bad(`Expected /-/ and an operation after the identifier, received ${first}`)
  return { id: id.toLowerCase(), operations: splitOperations(parts), name: isName ? last : undefined }
}

/** The word counts as the first operation, so that all that follow are read with it. */
const marked = (parts: readonly string[]): readonly Operation[] => splitOperations(['-', ...parts])

function splitOperations(parts: readonly string[]): readonly Operation[] {
  const operations: { name: string; args: string[] }[] = []
  for (const [at, part] of parts.entries()) {
    if (part === '-') continue
    if (parts[at - 1] === '-') operations.push({ name: part.toLowerCase(), args: [] })
    else operations.at(-1)?.args.push(part)
  }
  if (operations.length > maxOperations) throw bad(`The path has more than ${maxOperations} operations`)
  return operations
}

function decodePart(raw: string): string {
  try {
    const text = decodeURIComponent(raw)
    if (text.isWellFormed() && !/\p{Cc}/u.test(text)) return text
  } catch {}
  throw bad('The path is not percent-encoded UTF-8, or has control characters')
}

const bad = (reason: string): Failure => new Failure('bad-address', reason)
