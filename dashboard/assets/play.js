// The playground: options of a sample as fields, its picture as they are now, and what to paste for it.
import { showAnswer } from './answer.js'
import { fieldsFor } from './control.js'
import { byId, bytesText, changeText, made, msText } from './dom.js'
import { measured } from './measured.js'
import { addressOf, recipes } from './recipes.js'

const list = '/_halftone/options.json'
const first = { w: '640', auto: 'format' }
/** Between a key stroke and the picture, in milliseconds: nobody waits for those of a word half written. */
const pause = 250

/** Nothing is asked for before somebody comes near. */
export function armPlayground() {
  const place = byId('play')
  if (!place) return
  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      seen.disconnect()
      openPlayground()
    },
    { rootMargin: '200px' },
  )
  seen.observe(place)
}

async function openPlayground() {
  const sections = await (await fetch(list)).json()
  const known = new Map(sections.flatMap(({ options }) => options).map((option) => [option.key, option]))
  const form = byId('play-form')
  const chosen = form.elements.add
  chosen.append(...sections.map(groupOf))
  for (const [key, value] of Object.entries(first)) addRow(known.get(key), value)
  byId('play-add').addEventListener('click', () => {
    addExample(known, chosen.value)
    ask()
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', ({ target }) => {
    if (target !== chosen) soon()
  })
  byId('play-kinds').addEventListener('input', showRecipe)
  ask()
}

const groupOf = ({ name, options }) =>
  made('optgroup', { label: name }, ...options.map(({ key }) => made('option', { value: key }, key)))

/** An option comes with its example and with what that needs, so that something is seen of it. */
function addExample(known, key) {
  const { value = '', beside = '', sample } = known.get(key)?.example ?? {}
  if (sample) byId('play-form').elements.sample.value = sample
  const needed = new URLSearchParams(beside)
  for (const [name, text] of needed) addRow(known.get(name), text)
  // A format that is named, and one that the browser chooses, do not go together.
  if (needed.has('fm') || key === 'fm') rowOf('auto')?.remove()
  addRow(known.get(key), value).querySelector('input, select').focus()
}

const isChoice = ({ control }) => control?.type === 'words' && !control.isList

const rowOf = (key) => document.querySelector(`[data-option="${key}"]`)

/** There is one row of each option; a new one takes the place of the old. */
function addRow(option, value) {
  const { key, expected } = option
  const id = `play-${key}`
  // A list of words to choose from says itself what it takes.
  const hint = isChoice(option) ? undefined : `${id}-hint`
  const row = made(
    'div',
    { className: 'play-row', 'data-option': key },
    made('label', { for: id }, made('code', {}, key)),
    made('span', { className: 'play-fields' }, ...fieldsFor(option, { value, id, hint })),
    made('button', { type: 'button', 'aria-label': `Remove ${key}`, on: { click: () => drop(row) } }, '×'),
    hint ? made('small', { id: hint }, expected) : '',
  )
  const before = rowOf(key)
  if (before) before.replaceWith(row)
  else byId('play-options').append(row)
  return row
}

function drop(row) {
  row.remove()
  byId('play-add').focus()
  ask()
}

let timer
function soon() {
  clearTimeout(timer)
  timer = setTimeout(ask, pause)
}

function wishOf() {
  const { sample } = byId('play-form').elements
  const options = [...document.querySelectorAll('[data-option]')]
    .map((row) => [row.dataset.option, row.querySelector('input, select').value.trim()])
    .filter(([, text]) => text !== '')
  const alt = sample.selectedOptions[0].textContent
  return { origin: location.origin, path: `/samples/${sample.value}`, options, alt }
}

let running
let shape = {}

/** The picture as it is wanted now; an answer that is no longer wanted is not waited for. */
async function ask() {
  clearTimeout(timer)
  running?.abort()
  running = new AbortController()
  const { signal } = running
  const { path, options } = wishOf()
  const box = byId('play-answer')
  box.setAttribute('aria-busy', 'true')
  try {
    const answer = await measured(addressOf(path, options), { signal })
    if (signal.aborted) return
    const picture = await showAnswer(box, answer)
    shape = picture ? { width: picture.naturalWidth, height: picture.naturalHeight } : {}
    byId('play-status').textContent = summaryOf(answer)
  } catch (error) {
    if (signal.aborted) return
    byId('play-status').textContent = `No answer: ${error.message}`
  }
  box.removeAttribute('aria-busy')
  showRecipe()
}

function summaryOf({ response, body, bytes, source, ms }) {
  if (!response.ok) return `Refused with ${response.status}`
  const change = source ? `, ${changeText(bytes, source)} of the source` : ''
  return `${bytesText(bytes)} ${body.type}${change}, in ${msText(ms)}`
}

function showRecipe() {
  const kind = byId('play-kinds').querySelector('input:checked').value
  byId('play-code').textContent = recipes[kind]({ ...wishOf(), ...shape })
}
