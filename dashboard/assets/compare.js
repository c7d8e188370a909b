// Before and after in one frame with a line to move: by mouse, by finger, by keys.
import { bytesText, changeText, made } from './dom.js'
import './img-comparison-slider.js'
import { nameText } from './file-names.js'
import { zoom } from './zoom.js'

const steps = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }

let dialog
let addresses = []

/**
 * `before` is a blob, or undefined where this browser no longer has the original; `previous` and `next` show the
 * neighbours in the list, where there are any.
 */
export async function compare({ name, facts, before, after, previous, next }) {
  dialog ??= document.body.appendChild(
    made('dialog', { id: 'compare', 'aria-labelledby': 'compare-title', on: { close: letGo } }),
  )
  const [shownBefore, shownAfter] = await Promise.all([before && decoded(before), decoded(after)])
  const focused = dialog.open ? document.activeElement?.textContent : undefined
  letGo()
  addresses = [shownBefore, shownAfter].flatMap((image) => (image ? [image.src] : []))
  dialog.replaceChildren(
    head({ name, facts, previous, next }),
    shownBefore && shownAfter ? slider(name, shownBefore, shownAfter) : alone(shownAfter, before),
  )
  if (!dialog.open) dialog.showModal()
  focusOn(focused)
}

/**
 * A reader who reached the comparison by its buttons stays on the buttons; every other reader starts at the line.
 */
function focusOn(words) {
  const button = [...dialog.querySelectorAll('.dialog-head button:enabled')].find(
    ({ textContent }) => textContent === words,
  )
  ;(button ?? dialog.querySelector('[role="slider"]'))?.focus()
}

function letGo() {
  for (const address of addresses) URL.revokeObjectURL(address)
  addresses = []
  dialog.replaceChildren()
}

/** Undefined for what this browser cannot show: TIFF, HEIC. */
async function decoded(blob) {
  const src = URL.createObjectURL(blob)
  const image = made('img', { src, draggable: 'false' })
  return image.decode().then(
    () => image,
    () => URL.revokeObjectURL(src),
  )
}

function head({ name, facts: { sourceBytes, bytes }, previous, next }) {
  const button = (words, click) =>
    made('button', { type: 'button', disabled: !click, on: { click: () => click() } }, words)
  const figures = `${bytesText(sourceBytes)} before, ${bytesText(bytes)} after: ${changeText(bytes, sourceBytes)}`
  return made(
    'div',
    { className: 'dialog-head' },
    made('div', {}, made('h2', { id: 'compare-title' }, nameText(name)), made('p', {}, figures)),
    made(
      'div',
      { className: 'dialog-actions' },
      ...(previous || next ? [button('Previous', previous), button('Next', next)] : []),
      button('Close', () => dialog.close()),
    ),
  )
}

function slider(name, before, after) {
  before.alt = `${nameText(name)} before`
  after.alt = `${nameText(name)} after`
  before.slot = 'first'
  after.slot = 'second'
  const element = made('img-comparison-slider', {
    keyboard: 'disabled',
    role: 'slider',
    tabindex: '0',
    'aria-label': 'How much of the picture is shown as it was before, in percent',
    'aria-valuemin': '0',
    'aria-valuemax': '100',
  })
  element.append(before, after)
  armKeys(element)
  const words = [made('span', {}, 'Before'), made('span', {}, 'After')]
  const frame = made('div', { className: 'compare-frame' }, element)
  const box = made(
    'div',
    { className: 'compare' },
    made('p', { className: 'compare-words', 'aria-hidden': 'true' }, ...words),
    frame,
  )
  // As large as the window allows, never larger than it is, always in its own shape.
  box.style.setProperty('--w', String(after.naturalWidth))
  box.style.setProperty('--h', String(after.naturalHeight))
  box.append(made('p', { className: 'compare-tools' }, zoom({ box, frame, element, picture: after })))
  return box
}

/** The component's own keys move without end while they are held and tell nobody how far; these are a slider's. */
function armKeys(element) {
  const tell = () => {
    const value = Math.round(element.value)
    element.setAttribute('aria-valuenow', String(value))
    element.setAttribute('aria-valuetext', `${value} % before`)
  }
  element.addEventListener('slide', tell)
  element.addEventListener('keydown', (event) => {
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    element.slide(step)
  })
  tell()
}

function alone(after, before) {
  const words =
    before === undefined
      ? 'The original is no longer in this browser, so there is nothing to compare with.'
      : 'This browser cannot show the original, so there is nothing to compare with.'
  if (after) after.alt = 'The result'
  return made('div', {}, made('p', { className: 'about' }, words), after ?? '')
}
