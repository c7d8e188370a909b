// The fields of a form for one option: a number, a word, a colour, or a line of text.
import { made } from './dom.js'

/** A slider over more steps than this can no longer be set to one of them. */
const mostSteps = 1000

/** The field that holds the value comes first; `id` and `hint` are for its label and its words. */
export function fieldsFor({ key, control }, { value, id, hint }) {
  const common = { id, name: key, value, 'aria-describedby': hint, autocomplete: 'off', spellcheck: 'false' }
  if (control?.type === 'number') return numberFields(key, control, common)
  if (control?.type === 'colour') return colourFields(key, common)
  if (control?.type === 'words' && !control.isList) return [wordsField(control.words, common)]
  return textFields(control?.words ?? [], common)
}

function numberFields(key, { min, max, step, words = [] }, common) {
  const fields =
    words.length > 0
      ? textFields(words, { ...common, inputmode: 'numeric' })
      : [made('input', { ...common, type: 'number', min, max, step })]
  if (max - min > mostSteps) return fields
  const by = step === 1 ? 1 : (max - min) / 200
  const label = `${key}, by slider`
  const slider = made('input', {
    type: 'range',
    min,
    max,
    step: by,
    value: common.value,
    'aria-label': label,
  })
  tie(fields[0], slider, (text) => (Number.isFinite(Number.parseFloat(text)) ? text : undefined))
  return [...fields, slider]
}

/** Alpha and names are for the line of text: the browser's chooser knows neither. */
function colourFields(key, common) {
  const text = made('input', { ...common, type: 'text' })
  const chooser = made('input', { type: 'color', 'aria-label': `${key}, chosen` })
  const hexOf = (written) => (/^[0-9a-f]{6}$/i.test(written) ? `#${written}` : undefined)
  chooser.value = hexOf(common.value) ?? '#ffffff'
  tie(text, chooser, hexOf, (hex) => hex.slice(1))
  return [text, chooser]
}

/** Two fields of one value; the first has the say. */
function tie(first, second, toSecond, toFirst = (value) => value) {
  first.addEventListener('input', () => {
    second.value = toSecond(first.value) ?? second.value
  })
  second.addEventListener('input', () => {
    first.value = toFirst(second.value)
  })
}

function wordsField(words, { value, ...common }) {
  return made(
    'select',
    common,
    ...words.map((word) => made('option', { value: word, selected: word === value }, word)),
  )
}

function textFields(words, common) {
  if (words.length === 0) return [made('input', { ...common, type: 'text' })]
  const list = `${common.id}-words`
  const offered = made('datalist', { id: list }, ...words.map((word) => made('option', { value: word })))
  return [made('input', { ...common, type: 'text', list }), offered]
}
