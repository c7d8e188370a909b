// Structured logs, one JSON object a line on standard output. No secret and no signature is ever written.
import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** `closed` is called when nobody reads the log any more: pino itself only goes silent. */
export function createLog(level: string, role: string, closed: () => void): Logger {
  const output = pino.destination({ fd: process.stdout.fd, sync: true })
  output.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') closed()
  })
  return pino({ level, base: { role }, timestamp: pino.stdTimeFunctions.isoTime }, output)
}

/** Parameters that open what they stand beside: ours, and those of signed addresses of the usual stores. */
const opening =
  's|sig|sign|signature|token|key|secret|password|policy|awsaccesskeyid|x-amz-[a-z-]+|x-goog-[a-z-]+'
// A source's address may stand within ours, percent-encoded once or twice.
const parameter = new RegExp(
  `((?:[?&]|%(?:25)?3f|%(?:25)?26)(?:amp;)*(?:${opening})(?:=|%(?:25)?3d))(?:(?!%(?:25)?26)[^&])*`,
  'gi',
)
const credentials = /(\/\/|%2f%2f)(?:(?!%2f|%3f)[^/?@])*(@|%40)/gi

/** The address without what it is signed with: a signed link in a log would be a working link for whoever reads the log. */
export const withoutSignature = (url: string): string =>
  url.replace(parameter, '$1…').replace(credentials, '$1…$2')

/** Ours to mend, the source's owner's to see, or a visitor's mistake. */
export function levelOf(status: number, failure: string | undefined): 'error' | 'warn' | 'info' {
  if (status >= 500) return 'error'
  return failure !== undefined && /^(?:source-|too-|forbidden-address)/.test(failure) ? 'warn' : 'info'
}
