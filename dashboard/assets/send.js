// One picture's way to the server and back: the upload with its progress, then the stages as the server tells them.
import { authorization } from './key.js'
import { noConnection, problemOf } from './problem.js'

/**
 * Resolves to the result. `told` gets the stage, and while it is sent how much of it is.
 * XMLHttpRequest, because `fetch` does not say how much of a body has been sent.
 */
export function send(file, { query, told, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const lines = lineReader()
    let last
    const read = () => {
      for (const event of lines(request.responseText)) {
        last = event
        told({ stage: event.event })
      }
    }
    request.open('POST', `/v1/optimize?${new URLSearchParams({ ...query, response: 'events' })}`)
    request.setRequestHeader('authorization', authorization())
    request.setRequestHeader('content-disposition', `attachment; filename*=UTF-8''${encoded(file.name)}`)
    request.setRequestHeader('content-type', typeOf(file))
    request.upload.onprogress = ({ loaded, total }) => told({ stage: 'upload', done: loaded, total })
    request.upload.onload = () => told({ stage: 'sent' })
    request.onprogress = () => {
      if (request.status === 200) read()
    }
    request.onload = () => {
      if (request.status !== 200)
        return reject(
          problemOf(request.status, request.responseText, request.getResponseHeader('retry-after')),
        )
      read()
      if (last?.event === 'done') resolve(last.results[0])
      else if (last?.event === 'failed') reject(problemOf(last.problem.status, JSON.stringify(last.problem)))
      else reject(noConnection())
    }
    request.onerror = () => reject(noConnection())
    request.onabort = () => reject(new DOMException('Stopped', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}

/** Nothing but pictures under their own type: the API would read a JSON file as a request. */
const typeOf = ({ type }) => (/^image\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream')

/** For a header (RFC 8187), which knows fewer signs than a file name. */
const encoded = (name) =>
  encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)

/** From all text so far, the lines that have become whole since the last call. */
function lineReader() {
  let read = 0
  return (text) => {
    const end = text.lastIndexOf('\n') + 1
    const whole = text.slice(read, end)
    read = Math.max(read, end)
    return whole
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line))
  }
}
