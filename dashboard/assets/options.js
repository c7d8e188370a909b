// What is wanted of a picture: the bar of options, kept for the next visit, and as the API's query.
import { byId } from './dom.js'

const kept = 'halftone-wishes'
const form = byId('wishes')
const first = { mode: 'lossy', level: 'default', quality: '75', format: 'same', width: '', keep: [] }

const written = () => {
  const fields = new FormData(form)
  return { ...Object.fromEntries(fields), keep: fields.getAll('keep') }
}

export function armWishes() {
  fill({ ...first, ...read() })
  form.addEventListener('input', () => {
    showWhatMatters()
    localStorage.setItem(kept, JSON.stringify(written()))
  })
  // Enter in a field must not leave the page.
  form.addEventListener('submit', (event) => event.preventDefault())
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(kept) ?? '{}')
  } catch {
    return {}
  }
}

function fill({ keep, ...fields }) {
  for (const [name, value] of Object.entries(fields))
    if (form.elements[name]) form.elements[name].value = value
  for (const box of form.elements.keep) box.checked = keep.includes(box.value)
  showWhatMatters()
}

/** Level belongs to lossy and quality to a given quality; the other keeps its place, so that nothing jumps. */
function showWhatMatters() {
  const { value } = form.elements.mode
  for (const label of form.querySelectorAll('[data-for]')) {
    const matters = label.dataset.for === value
    label.classList.toggle('idle', !matters)
    label.querySelector('input, select').disabled = !matters
  }
}

/** Undefined, with the browser's own words beside the field, when a field is wrong. */
export function currentWish() {
  if (!form.reportValidity()) return undefined
  const { mode, level, quality, format, width, keep } = written()
  return {
    mode,
    ...(mode === 'lossy' ? { level } : {}),
    ...(mode === 'quality' ? { quality } : {}),
    ...(format === 'same' ? {} : { format }),
    ...(width ? { edit: `w=${width}&fit=max` } : {}),
    ...(keep.length > 0 ? { keep: keep.join(',') } : {}),
  }
}
