// One picture in the list, from waiting to done: drawn once, and changed only where something changed.
import { agoText, bytesText, changeText, formatWords, made, msText, timeText } from './dom.js'
import { remedyBox } from './failure-advice.js'
import { nameText } from './file-names.js'
import { redraw, thumbnail } from './thumbnails.js'

const stageWords = {
  upload: ({ done, total }) => `Sending, ${Math.round((done / (total || 1)) * 100)} %`,
  sent: () => 'Sent',
  busy: ({ seconds }) => `The server is busy, trying again in ${seconds} s`,
  lost: ({ seconds }) => `No connection, trying again in ${seconds} s`,
  identified: () => 'Looked at',
  received: () => 'Received, waiting for a free worker',
  optimising: () => 'Trying what is smallest',
  done: () => 'Done',
}

/** `actions` are `compare`, `retry`, `again`, `stop`, `remove` and the blobs to draw from. */
export function createRow(item, actions) {
  const before = () => actions.blobOf(item)
  const canvas = thumbnail(before)
  const middle = made('div', { className: 'row-middle' })
  const buttons = made('div', { className: 'row-actions' })
  const element = made(
    'li',
    { className: 'picture-row' },
    canvas,
    made(
      'div',
      { className: 'row-body' },
      made('h3', { className: 'row-name', title: nameText(item.path) }, nameText(item.path)),
      middle,
    ),
    buttons,
  )
  let shown
  return {
    element,
    update() {
      element.dataset.state = item.state
      if (item.state === 'running' && shown === 'running') return progressInto(middle, item)
      shown = item.state
      middle.replaceChildren(...drawers[item.state](item))
      const isFocused = buttons.contains(document.activeElement)
      buttons.replaceChildren(...buttonsOf(item, actions))
      // Who pressed "Try again" by key is still there.
      if (isFocused) buttons.firstElementChild?.focus()
      if (item.state === 'done') redraw(canvas, before)
    },
    /** Time has passed: how long it will still be there. */
    age() {
      const line = middle.querySelector('.row-until')
      if (line) line.textContent = untilText(item.facts)
    },
  }
}

const drawers = {
  waiting: () => [made('p', { className: 'row-words' }, 'Waiting for its turn')],
  stopped: () => [made('p', { className: 'row-words' }, 'Stopped')],
  running: (item) => {
    const box = made('div', { className: 'row-progress' })
    box.append(
      made('progress', { max: '100', 'aria-label': `Progress of ${nameText(item.path)}` }),
      made('p', { className: 'row-words' }),
    )
    progressInto(box, item)
    return [box]
  },
  failed: ({ problem }) => [remedyBox(problem)],
  done: ({ facts }) => [sizes(facts), chips(facts), why(facts)],
  expired: ({ facts }) => [sizes(facts), chips(facts), why(facts)],
}

function progressInto(within, { progress }) {
  const bar = within.querySelector('progress')
  // How long the work takes nobody knows: the bar moves without a number.
  if (progress.stage === 'upload') bar.value = (progress.done / (progress.total || 1)) * 100
  else bar.removeAttribute('value')
  const words = (stageWords[progress.stage] ?? (() => progress.stage))(progress)
  const line = within.querySelector('.row-words')
  if (line.textContent !== words) line.textContent = words
}

const sizes = ({ sourceBytes, bytes }) =>
  made(
    'p',
    { className: 'row-sizes' },
    made('span', {}, `${bytesText(sourceBytes)} → `),
    made('b', {}, bytesText(bytes)),
    made('span', { className: bytes < sourceBytes ? 'saved' : 'same' }, changeText(bytes, sourceBytes)),
  )

function chips({ format, sourceFormat, width, height, score, quality, chroma, expires }) {
  const words = [
    format === sourceFormat || !sourceFormat ? wordOf(format) : `${wordOf(sourceFormat)} → ${wordOf(format)}`,
    score === undefined ? undefined : `score ${score.toFixed(1)}`,
    quality === undefined ? undefined : `quality ${Math.round(quality)}`,
    chroma,
    width ? `${width} × ${height}` : undefined,
  ]
  const line = made(
    'p',
    { className: 'chips' },
    ...words.filter((word) => word !== undefined).map((word) => made('span', { className: 'chip' }, word)),
  )
  if (expires)
    line.append(made('span', { className: 'row-until', title: timeText(expires) }, untilText({ expires })))
  return line
}

const untilText = ({ expires }, now = Date.now()) =>
  expires > now ? `gone ${agoText(expires, now)}` : 'gone from the server'

const wordOf = (format) => formatWords[format] ?? String(format).toUpperCase()

/** Written when it is opened: two hundred tables nobody reads would only be in the way. */
function why(facts) {
  const { chosen, reason } = facts
  if (!chosen && !reason) return ''
  const box = made('details', { className: 'why' }, made('summary', {}, whyText(chosen, reason)))
  box.addEventListener('toggle', () => {
    if (box.open && box.childElementCount === 1) box.append(triedTable(facts), dropped(facts))
  })
  return box
}

/** "svgo full: svgo full is the smallest": once is enough. */
const whyText = (chosen, reason) =>
  chosen && reason?.startsWith(chosen) ? reason : [chosen, reason].filter(Boolean).join(': ')

const triedTable = ({ tried = [], sourceBytes }) =>
  tried.length === 0
    ? ''
    : scrolled(
        { className: 'tried' },
        made('thead', {}, cells('th', ['Way', 'Bytes', 'Time', 'Verdict'])),
        made(
          'tbody',
          {},
          ...tried.map(({ name, bytes, ms, verdict }) =>
            cells('td', [
              name,
              bytes === undefined ? '–' : `${bytesText(bytes)} (${changeText(bytes, sourceBytes)})`,
              msText(ms),
              verdict,
            ]),
          ),
        ),
      )

const scrolled = (attributes, ...parts) =>
  made(
    'div',
    { className: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Ways that were tried' },
    made('table', attributes, ...parts),
  )

const cells = (name, texts) =>
  made('tr', {}, ...texts.map((text) => made(name, name === 'th' ? { scope: 'col' } : {}, text)))

const dropped = ({ dropped = [] }) =>
  dropped.length === 0 ? '' : made('p', {}, `Left out of the file: ${dropped.join(', ')}.`)

function buttonsOf(item, { compare, retry, again, stop, remove }) {
  const name = nameText(item.path)
  const button = (words, click, more = {}) =>
    made(
      'button',
      { type: 'button', 'aria-label': `${words} ${name}`, on: { click: () => click(item) }, ...more },
      words,
    )
  const quiet = (words, click, title) => button(words, click, { className: 'quiet', title })
  const gone = quiet('Remove', remove, 'From this list and this browser')
  if (item.state === 'done') {
    const once = quiet('Once more', again, 'With the options as they are now, as another result')
    return [button('Compare', compare), downloadOf(item), ...(item.file ? [once] : []), gone]
  }
  if (item.state === 'expired') return [...(item.file ? [button('Once more', retry)] : []), gone]
  if (item.state === 'failed' || item.state === 'stopped') return [button('Try again', retry), gone]
  return [button('Stop', stop)]
}

const downloadOf = ({ facts: { path, name } }) =>
  made(
    'a',
    { className: 'button', href: path, download: name, 'aria-label': `Download ${nameText(name)}` },
    'Download',
  )
