// Problem documents (RFC 9457), as errors to throw and as something to read.
import { made } from './dom.js'

export class Problem extends Error {
  constructor({ status = 0, type = '', detail, title = detail, retryAfterSeconds, ...rest }) {
    super(title)
    this.name = 'Problem'
    this.status = status
    this.title = title
    this.kind = type.replace('urn:halftone:problem:', '')
    // What is told in the middle of an answer has no title of its own.
    this.detail = detail === title ? undefined : detail
    this.retryAfterSeconds = retryAfterSeconds
    this.rows = Object.entries({ option: rest.option, expected: rest.expected, received: rest.received })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)])
  }
}

/** From a status and the text that came with it, whatever it was. */
export function problemOf(status, text, retryAfter) {
  const retryAfterSeconds = Number(retryAfter) || undefined
  try {
    const document_ = JSON.parse(text)
    if (typeof (document_.title ?? document_.detail) === 'string')
      return new Problem({ ...document_, status, retryAfterSeconds })
  } catch {
    // Not JSON: a proxy's own page, perhaps.
  }
  return new Problem({
    status,
    title: status === 413 ? 'The file is too large' : 'The server answered something unexpected',
    detail: status ? `Status ${status}.` : undefined,
    retryAfterSeconds,
  })
}

export const noConnection = () =>
  new Problem({
    type: 'no-connection',
    title: 'The connection broke',
    detail: 'The server did not answer, or closed the connection. Is it running?',
  })

export const asProblem = (error) =>
  error instanceof Problem ? error : new Problem({ title: 'Something went wrong', detail: error?.message })

export function problemBox(error, ...more) {
  const { status, title, detail, rows } = asProblem(error)
  return made(
    'div',
    { className: 'problem' },
    made('h3', {}, status ? `${status} ${title}` : title),
    ...(detail ? [made('p', { className: 'detail' }, detail)] : []),
    ...(rows.length > 0
      ? [
          made(
            'dl',
            { className: 'rows' },
            ...rows.flatMap(([name, value]) => [
              made('dt', {}, name),
              made('dd', {}, made('code', {}, value)),
            ]),
          ),
        ]
      : []),
    ...more,
  )
}
