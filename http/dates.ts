// HTTP dates (RFC 9110 5.6.7): three forms are read, in upper case or lower; one is written.

const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/i
const rfc850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/i
const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/i

/** Milliseconds since the epoch; undefined for anything that is not an HTTP date. `now` tells the century of old forms. */
export function parseHttpDate(text: string | undefined, now = Date.now()): number | undefined {
  if (text === undefined) return undefined
  // Date.parse reads far more than HTTP allows ("0", "next year"), so the form is checked first.
  if (imfFixdate.test(text)) return known(Date.parse(text))
  if (rfc850.test(text)) return known(Date.parse(withCentury(text, new Date(now).getUTCFullYear())))
  // asctime has no zone, and means GMT; Date.parse alone would read it as local time.
  return asctime.test(text) ? known(Date.parse(`${text} GMT`)) : undefined
}

/** Two digits that seem to lie more than 50 years ahead mean the past (RFC 9110 5.6.7). */
function withCentury(text: string, thisYear: number): string {
  return text.replace(/-(\d{2}) /, (_, digits: string) => {
    const year = thisYear - (thisYear % 100) + Number(digits)
    return `-${year > thisYear + 50 ? year - 100 : year} `
  })
}

/** Seconds from now that Retry-After asks for (RFC 9110 10.2.3); undefined for anything that is no such field. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (/^\d+$/.test(text ?? '')) return Number(text)
  const moment = parseHttpDate(text)
  return moment === undefined ? undefined : Math.max(0, Math.ceil((moment - now) / 1000))
}

export const httpDate = (moment: number): string => new Date(moment).toUTCString()

const known = (moment: number): number | undefined => (Number.isNaN(moment) ? undefined : moment)
