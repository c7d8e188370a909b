// Before and after in one frame with a line to move: by mouse, by finger, by keys.
import { bytesText, changeText, made } from './dom.js'
import './img-comparison-slider.js'

const steps = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }

let dialog
let addresses = []

/** `before` is a blob, or undefined where this browser no longer has the original. */
export async function compare({ facts, before, after }) {
  dialog ??= document.body.appendChild(
    made('dialog', { id: 'compare', 'aria-labelledby': 'compare-title', on: { close: letGo } }),
  )
  const shownBefore = before && (await decoded(before))
  const shownAfter = await decoded(after)
  dialog.replaceChildren(
    head(facts),
    shownBefore && shownAfter ? slider(facts, shownBefore, shownAfter) : alone(shownAfter, before),
  )
  dialog.showModal()
  dialog.querySelector('[role="slider"]')?.focus()
}

function letGo() {
  for (const address of addresses) URL.revokeObjectURL(address)
  addresses = []
  dialog.replaceChildren()
}

/** Undefined for what this browser cannot show: TIFF, HEIC. */
async function decoded(blob) {
  const src = URL.createObjectURL(blob)
  addresses.push(src)
  const image = made('img', { src, draggable: 'false' })
  return image.decode().then(
    () => image,
    () => undefined,
  )
}

const head = ({ name, sourceBytes, bytes }) =>
  made(
    'div',
    { className: 'dialog-head' },
    made(
      'div',
      {},
      made('h2', { id: 'compare-title' }, name),
      made(
        'p',
        {},
        `${bytesText(sourceBytes)} before, ${bytesText(bytes)} after: ${changeText(bytes, sourceBytes)}`,
      ),
    ),
    made('button', { type: 'button', on: { click: () => dialog.close() } }, 'Close'),
  )

function slider({ name }, before, after) {
  const { naturalWidth: width, naturalHeight: height } = after
  before.alt = `${name} before`
  after.alt = `${name} after`
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
  const box = made(
    'div',
    { className: 'compare' },
    made(
      'p',
      { className: 'compare-words', 'aria-hidden': 'true' },
      made('span', {}, 'Before'),
      made('span', {}, 'After'),
    ),
    made('div', { className: 'compare-frame' }, element),
  )
  // As large as the window allows, never larger than it is, always in its own shape.
  box.style.setProperty('--w', String(width))
  box.style.setProperty('--h', String(height))
  box.append(zoom(box))
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

function zoom(box) {
  const button = made('button', { type: 'button', 'aria-pressed': 'false' }, 'Pixel for pixel')
  button.addEventListener('click', () => {
    const isLarge = box.classList.toggle('pixels')
    button.setAttribute('aria-pressed', String(isLarge))
  })
  return made('p', { className: 'compare-tools' }, button)
}

function alone(after, before) {
  const words =
    before === undefined
      ? 'The original is no longer in this browser, so there is nothing to compare with.'
      : 'This browser cannot show the original, so there is nothing to compare with.'
  if (after) after.alt = 'The result'
  return made('div', {}, made('p', { className: 'about' }, words), after ?? '')
}
