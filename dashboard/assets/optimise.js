// The page to optimise pictures: from the drop to the list, its totals, and what can be done with results.
import { saveAs, zipped } from './archive.js'
import { byId, bytesText } from './dom.js'
import { armDrop } from './drop.js'
import { factsOf, isThere } from './facts.js'
import { account, ask } from './key.js'
import { keepOriginal, originalOf, tidyOriginals } from './originals.js'
import { problemBox } from './problem.js'
import { createQueue } from './queue.js'
import { createRow } from './row.js'
import { armWishes, currentWish } from './wishes.js'

const items = []
const list = byId('pictures')
const queue = createQueue({ changed, done: finished })

const actions = {
  retry: (item) => {
    const wish = currentWish()
    if (wish) queue.add(Object.assign(item, { wish }))
  },
  stop: (item) => queue.stop(item),
  compare: (item) => explained(() => showComparison(item)),
  /** What its thumbnail is drawn from: the original, else the result. */
  blobOf: async (item) => item.file ?? (item.facts && resultOf(item)),
}

function taken(found, leftOut) {
  const wish = currentWish()
  if (!wish) return
  const fresh = found.map(({ file, path }) => ({ file, path, wish, state: 'waiting' }))
  if (leftOut > 0) say(`${leftOut} ${leftOut === 1 ? 'file' : 'files'} that are no pictures were left out.`)
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
  item.facts = factsOf(item.result)
  const { id, expires } = item.facts
  keepOriginal({ id, file: item.file, path: item.path, expires })
}

const resultOf = async ({ facts }) => {
  const response = await fetch(facts.path)
  return response.ok ? response.blob() : undefined
}

async function showComparison(item) {
  const [{ compare }, before, after] = await Promise.all([import('./compare.js'), item.file, resultOf(item)])
  if (!after) throw new Error('The result is no longer on the server.')
  await compare({ facts: item.facts, before, after })
}

// Totals, drawn once a frame however many pictures change in it.
let isDrawing = false
function showTotals() {
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(() => {
    isDrawing = false
    drawTotals()
  })
}

const inState = (...states) => items.filter(({ state }) => states.includes(state))

function drawTotals() {
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
  byId('counts').textContent = items.length > 0 ? words : 'None yet'
  byId('zip').disabled = isZipping || inState('done').length === 0
  byId('retry-all').hidden = failed === 0
  if (items.some(({ wish }) => wish)) say(`${words}.`)
}

// A reader is told now and then, not at every step of two hundred pictures.
let toSay = ''
function say(words) {
  if (toSay === '')
    setTimeout(() => {
      byId('said').textContent = toSay
      toSay = ''
    }, 1000)
  toSay = words
}

let isZipping = false
async function downloadAll() {
  const button = byId('zip')
  const all = inState('done').filter(({ facts }) => isThere(facts))
  const words = button.textContent
  isZipping = true
  button.disabled = true
  try {
    const archive = await zipped(all, (count) => {
      button.textContent = `Packing ${count} of ${all.length}`
    })
    saveAs(archive, 'halftone.zip')
    say(`${all.length} pictures packed.`)
  } finally {
    isZipping = false
    button.textContent = words
    button.disabled = false
  }
}

/** Runs what may fail, and says on the page what did. */
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
  const query = new URLSearchParams({ limit: '50', ...(cursor ? { cursor } : {}) })
  const { items: found, next } = await ask(`/v1/results?${query}`)
  const known = new Set(items.map(({ facts }) => facts?.id))
  const facts = found.map(factsOf).filter((one) => one.isAvailable && one.path && !known.has(one.id))
  const kept = await Promise.all(facts.map(({ id }) => originalOf(id)))
  addRows(
    facts.map((one, at) => ({
      facts: one,
      path: kept[at]?.path ?? one.sourceName,
      file: kept[at]?.file,
      state: 'done',
    })),
    'append',
  )
  cursor = next
  byId('more').hidden = !next
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
armDrop(taken)
byId('zip').addEventListener('click', () => explained(downloadAll))
byId('more').addEventListener('click', () => explained(showRecent))
byId('retry-all').addEventListener('click', () => inState('failed').forEach(actions.retry))
addEventListener('beforeunload', (event) => {
  if (inState('waiting', 'running').length > 0) event.preventDefault()
})
await account()
await explained(showRecent)
await tidyOriginals()
