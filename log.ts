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

/** The address without its signature: a signed link in a log would be a working link for whoever reads the log. */
export const withoutSignature = (url: string): string => url.replace(/([?&](?:s|token)=)[^&]*/gi, '$1…')
