// Settings written in a language of their own: options of pictures, addresses, hosts. The part that will use a value
// parses it at start, so that the operator sees a mistake at once, and not every visitor later.
import { z } from 'zod'
import { Failure } from '../errors.ts'
import { parseAddressRules } from '../fetch/addresses.ts'
import { parseHostRule } from '../fetch/hosts.ts'
import { exact, parse, parsePath, unknownKeys } from '../transforms/index.ts'
import { list, text } from './kinds.ts'

/** Options every picture of a source starts from: "auto=format&q=70". */
export const pictureOptions = () =>
  text().superRefine(
    issueFrom((written) => {
      const [unknown] = unknownKeys(written)
      if (unknown !== undefined) throw new Failure('bad-option', `There is no option '${unknown}'.`)
      exact(parse(written), { formats: 'basic', saveData: false })
    }),
  )

/** "127.0.0.1", "10.1.0.0/16". */
export const addressRules = () =>
  list(text().superRefine(issueFrom((written) => parseAddressRules([written]))))

/** "images.example", "*.example", "images.example:8443". */
export const hostRules = () => list(text().superRefine(issueFrom(parseHostRule)))

/** "/source/path" of a picture. */
export const picturePath = () =>
  text()
    .regex(/^\/[^/]+\/.+/, { error: 'expected /source/path' })
    .superRefine(issueFrom(parsePath))

/** A header's name or value as it may go over the wire (RFC 9110 5.1, 5.5). */
const token = /^[\w!#$%&'*+.^`|~-]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

export const requestHeaders = () =>
  z.record(
    z.string().regex(token, { error: 'expected the name of a header' }).toLowerCase(),
    z.string().regex(fieldValue, { error: 'expected the value of a header, on one line' }),
  )

/** A failure of the reader as a fault of the setting, in its words. */
function issueFrom(read: (written: string) => unknown) {
  return (written: string, context: z.RefinementCtx<string>): void => {
    try {
      read(written)
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown
      context.addIssue({ code: 'custom', message: sentenceOf(thrown) })
    }
  }
}

/** Some failures name what was expected beside their sentence and not in it. */
function sentenceOf({ message, details: { expected, received } }: Failure): string {
  if (expected === undefined || message.includes(expected)) return message
  return `expected ${expected}, received '${received}'`
}
