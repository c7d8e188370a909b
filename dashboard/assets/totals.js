// The sums over all pictures of the list, and the sentence about them for screen readers.
import { byId, bytesText } from './dom.js'

const title = document.title

export function drawTotals(items) {
  const inState = (...states) => items.filter(({ state }) => states.includes(state))
  const done = inState('done', 'expired').map(({ facts }) => facts)
  const failed = inState('failed').length
  const pending = inState('waiting', 'running').length
  const before = done.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0)
  const after = done.reduce((sum, { bytes }) => sum + bytes, 0)
  const put = (id, text) => {
    byId(id).textContent = done.length > 0 ? text : '–'
  }
  put('total-percent', `${Math.round((1 - after / before) * 100)} %`)
  put('total-before', bytesText(before))
  put('total-after', bytesText(after))
  put('total-less', bytesText(Math.max(0, before - after)))
  const words = [
    `${done.length} of ${items.length} done`,
    ...(pending > 0 ? [`${pending} to go`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(', ')
  // For who looks at another tab meanwhile.
  document.title = pending > 0 ? `${pending} to go – ${title}` : title
  byId('counts').textContent = items.length > 0 ? words : 'None yet'
  byId('retry-all').hidden = failed === 0
  byId('stop-all').hidden = pending < 2
  byId('clear').hidden = items.length === pending
  if (items.some(({ wish }) => wish)) say(`${words}.`)
}

// A reader is told now and then, not at every step of two hundred pictures.
let toSay = ''
export function say(words) {
  if (toSay === '')
    setTimeout(() => {
      byId('said').textContent = toSay
      toSay = ''
    }, 1000)
  toSay = words
}

/** For everybody, and until something else is to be told. */
export function note(words) {
  byId('note').textContent = words
}
