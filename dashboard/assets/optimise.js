// The page to optimise pictures: from the drop to the list, its totals, and what can be done with results.
import { saveAs, zipped } from './archive.js'
import { byId } from './dom.js'
import { armDrop } from './drop.js'
import { factsOf, isThere } from './facts.js'
import { counted } from './file-names.js'
import { account, ask } from './key.js'
import { armWishes, currentWish } from './options.js'
import { forgetOriginals, keepOriginal, originalOf, tidyOriginals } from './originals.js'
import { problemBox } from './problem.js'
import { createQueue } from './queue.js'
import { clearedAt, isRemoved, rememberCleared, rememberRemoved } from './removed.js'
import { createRow } from './row.js'
import { drawTotals, note, say } from './totals.js'

let items = []
const list = byId('pictures')
const queue = createQueue({ changed, done: finished })

const actions = {
  retry: (item) => {
    const wish = currentWish()
    if (wish) queue.add(Object.assign(item, { wish }))
  },
  /** What is done stands; with the options of now it is made once more. */
  again: ({ file, path }) => taken([{ file, path }], 0),
  stop: (item) => queue.stop(item),
  remove: (item) => removed([item]),
  compare: (item) => explained(() => showComparison(item)),
  /** What its thumbnail is drawn from: the original, else the result. */
  blobOf: async (item) => item.file ?? (item.facts && resultOf(item)),
}

function taken(found, leftOut) {
  const wish = currentWish()
  if (!wish) return
  const fresh = found.map(({ file, path }) => ({ file, path, wish, state: 'waiting' }))
  const others = leftOut > 0 ? `${counted(leftOut, 'file')} left out: not a picture.` : ''
  note(found.length + leftOut === 0 ? 'There is nothing in that folder.' : others)
  addRows(fresh, 'prepend')
  for (const item of fresh) queue.add(item)
  if (fresh.length > 0) byId('queue-title').scrollIntoView()
}

function addRows(fresh, where) {
  const fragment = document.createDocumentFragment()
  for (const item of fresh) {
    item.row = createRow(item, actions)
    item.row.update()
    fragment.append(item.row.element)
  }
  list[where](fragment)
  items.push(...fresh)
  showTotals()
}

function changed(item) {
  item.row.update()
  if (item.state !== 'running') showTotals()
}

async function finished(item) {
  const facts = factsOf(item.result)
  const { id, expires } = facts
  // The server may have told of it among those of before already.
  const twin = items.find((one) => one.facts?.id === id)
  if (twin) forgotten([twin])
  item.facts = facts
  keepOriginal({ id, file: item.file, path: item.path, expires })
}

const resultOf = async ({ facts }) => {
  const response = await fetch(facts.path)
  return response.ok ? response.blob() : undefined
}

async function showComparison(item) {
  const [{ compare }, after] = await Promise.all([import('./compare.js'), resultOf(item)])
  if (!after) throw new Error('The result is no longer on the server.')
  const all = shownInOrder().filter(({ state }) => state === 'done')
  const at = all.indexOf(item)
  const neighbour = (step) => all[at + step] && (() => actions.compare(all[at + step]))
  await compare({
    ...{ name: item.path, facts: item.facts, before: item.file, after },
    ...{ previous: neighbour(-1), next: neighbour(1) },
  })
}

function shownInOrder() {
  const byElement = new Map(items.map((item) => [item.row.element, item]))
  return [...list.children].map((element) => byElement.get(element))
}

/** From the list, and from this browser; the server lets go of results by itself. */
function removed(gone) {
  const known = gone.filter(({ facts }) => facts).map(({ facts }) => facts)
  rememberRemoved(known)
  forgetOriginals(known.map(({ id }) => id))
  const after = gone.at(-1)?.row.element.nextElementSibling
  forgotten(gone)
  // Who goes through the list by key goes on where they were.
  const next = after?.isConnected && after.querySelector('.row-actions > *')
  ;(next || byId('queue-title')).focus()
  showTotals()
}

function forgotten(gone) {
  for (const { row } of gone) row.element.remove()
  items = items.filter((item) => !gone.includes(item))
}

// Totals, drawn once a frame however many pictures change in it.
let isDrawing = false
function showTotals() {
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    drawTotals(items)
    byId('zip').disabled = isZipping || inState('done').length === 0
  })
}

const inState = (...states) => items.filter(({ state }) => states.includes(state))

let isZipping = false
async function downloadAll() {
  const button = byId('zip')
  const all = inState('done').filter(({ facts }) => isThere(facts))
  const words = button.textContent
  isZipping = true
  button.disabled = true
  try {
    const { blob, missing } = await zipped(all, (count) => {
      button.textContent = `Packing ${count} of ${all.length}`
    })
    saveAs(blob, 'halftone.zip')
    note(missing > 0 ? `${counted(missing, 'picture')} left out of the ZIP: no longer on the server.` : '')
    say(`${counted(all.length - missing, 'picture')} packed.`)
  } finally {
    isZipping = false
    button.textContent = words
    button.disabled = false
  }
}

/** Runs an action that may fail, and shows the failure on the page. */
async function explained(work) {
  byId('queue-problem').replaceChildren()
  try {
    await work()
  } catch (error) {
    byId('queue-problem').replaceChildren(problemBox(error))
  }
}

// What was made before and is still there, a page at a time.
let cursor
async function showRecent() {
  const cleared = clearedAt()
  const query = new URLSearchParams({
    limit: '50',
    ...(cleared > 0 ? { created_from: new Date(cleared).toISOString() } : {}),
    ...(cursor ? { cursor } : {}),
  })
  const { items: found, next } = await ask(`/v1/results?${query}`)
  const there = found.map(factsOf).filter((one) => one.isAvailable && one.path && !isRemoved(one))
  const before = await Promise.all(there.map(withOriginal))
  const known = new Set(items.map(({ facts }) => facts?.id))
  addRows(
    before.filter(({ facts }) => !known.has(facts.id)),
    'append',
  )
  cursor = next
  byId('more').hidden = !next
}

async function withOriginal(facts) {
  const kept = await originalOf(facts.id)
  return { facts, path: kept?.path ?? facts.sourceName, file: kept?.file, state: 'done' }
}

function age() {
  for (const item of inState('done')) {
    item.row.age()
    if (isThere(item.facts)) continue
    item.state = 'expired'
    changed(item)
  }
}

setInterval(age, 60_000)
armWishes()
armDrop(taken, () => note('The folder cannot be read: it may have been moved, or be closed to this browser.'))
byId('zip').addEventListener('click', () => explained(downloadAll))
byId('more').addEventListener('click', () => explained(showRecent))
byId('stop-all').addEventListener('click', () => inState('waiting', 'running').forEach(actions.stop))
byId('clear').addEventListener('click', () => {
  rememberCleared()
  removed(inState('done', 'expired', 'failed', 'stopped'))
  byId('more').hidden = true
})
byId('retry-all').addEventListener('click', () => inState('failed').forEach(actions.retry))
addEventListener('beforeunload', (event) => {
  if (inState('waiting', 'running').length > 0) event.preventDefault()
})
await account()
await explained(showRecent)
await tidyOriginals()
