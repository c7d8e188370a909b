// Which picture's turn it is: at most three at once, tried again by itself where the server is only busy.
import { asProblem } from './problem.js'
import { send } from './send.js'

const most = 3
/** "Not now": the same request may succeed a moment later. How often it is tried; a server may be restarted meanwhile. */
const mostTries = { 'too-many': 6, busy: 6, late: 3, 'no-connection': 6 }

/** `changed(item)` after each change; `done(item)` once a picture is made. */
export function createQueue({ changed, done }) {
  const waiting = []
  let running = 0

  function next() {
    while (running < most && waiting.length > 0) {
      running++
      run(waiting.shift()).finally(() => {
        running--
        next()
      })
    }
  }

  async function run(item) {
    if (item.state !== 'waiting') return
    item.state = 'running'
    item.progress = { stage: 'upload', done: 0, total: item.file.size }
    changed(item)
    try {
      item.result = await sendPatiently(item, changed)
      item.state = 'done'
      await done(item)
    } catch (error) {
      item.state = error.name === 'AbortError' ? 'stopped' : 'failed'
      item.problem = asProblem(error)
    }
    changed(item)
  }

  return {
    add(item) {
      item.state = 'waiting'
      item.stop = new AbortController()
      item.problem = undefined
      item.progress = undefined
      waiting.push(item)
      changed(item)
      next()
    },
    stop(item) {
      item.stop.abort()
      if (item.state !== 'waiting') return
      item.state = 'stopped'
      changed(item)
    },
  }
}

/** Sent again, after a pause, for as long as the server only says "not now". */
async function sendPatiently(item, changed) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(item.file, {
        query: { ...item.wish, retention: 'page' },
        signal: item.stop.signal,
        told: (progress) => {
          item.progress = progress
          changed(item)
        },
      })
    } catch (error) {
      if (attempt >= (mostTries[error.kind] ?? 1)) throw error
      const seconds = error.retryAfterSeconds ?? 2 ** (attempt - 1)
      item.progress = { stage: error.kind === 'no-connection' ? 'lost' : 'busy', seconds }
      changed(item)
      await pause(seconds * 1000, item.stop.signal)
    }
  }
}

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(new DOMException('Stopped', 'AbortError'))
    })
  })
