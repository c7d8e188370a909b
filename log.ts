// Structured logs, one JSON object a line on standard output. No secret and no signature is ever written.
import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

export const createLog = (level: string, role: string): Logger =>
  pino({ level, base: { role }, timestamp: pino.stdTimeFunctions.isoTime })

/** The address without its signature: a signed link in a log would be a working link for whoever reads the log. */
export const withoutSignature = (url: string): string => url.replace(/([?&](?:s|token)=)[^&]*/gi, '$1…')
