// The page of webhooks: deliveries as they go on, one in detail, sent again, and the hooks themselves.
import { agoText, byId, cellsOf, definitions, made, msText, timeText } from './dom.js'
import { armHooks } from './hooks.js'
import { account, ask } from './key.js'
import { problemBox } from './problem.js'

const stateWords = { waiting: 'Waiting', running: 'Being sent', done: 'Delivered', dead: 'Given up' }
const stateClass = { done: 'good', dead: 'bad' }
const rows = byId('delivery-rows')
const shown = new Map()
let cursor
let dialog

/** Runs an action that may fail, and shows the failure on the page. */
async function explained(work) {
  try {
    await work()
    byId('deliveries-problem').replaceChildren()
  } catch (error) {
    byId('deliveries-problem').replaceChildren(problemBox(error))
  }
}

const page = (more, now = Date.now()) => {
  const { state, hours } = Object.fromEntries(new FormData(byId('filter')))
  const from = hours && new Date(now - hours * 3_600_000).toISOString()
  const query = { limit: '50', ...(state ? { state } : {}), ...(from ? { from } : {}), ...more }
  return ask(`/v1/deliveries/jobs?${new URLSearchParams(query)}`)
}

/** The newest page. Rows that are already there are changed in place, so that focus and scrolling are kept. */
let asked = 0
async function refresh() {
  const mine = ++asked
  const { items, next } = await page({})
  // Another filter may have been chosen meanwhile, and answered sooner.
  if (mine !== asked) return
  const found = new Set(items.map(({ id }) => id))
  for (const [id, row] of shown)
    if (!found.has(id)) {
      row.remove()
      shown.delete(id)
    }
  for (const [at, delivery] of items.entries()) {
    const row = shown.get(delivery.id) ?? made('tr', { role: 'row' })
    shown.set(delivery.id, row)
    draw(row, delivery)
    if (rows.children[at] !== row) rows.insertBefore(row, rows.children[at] ?? null)
  }
  showEnd(next)
}

async function more() {
  const { items, next } = await page({ cursor })
  for (const delivery of items) {
    const row = made('tr', { role: 'row' })
    shown.set(delivery.id, row)
    draw(row, delivery)
    rows.append(row)
  }
  showEnd(next)
}

function showEnd(next) {
  cursor = next
  byId('more').hidden = !next
  byId('no-deliveries').hidden = shown.size > 0
  const count = byId('filter').elements.state.value === 'dead' ? shown.size : 0
  byId('resend-all').hidden = count < 2
  byId('resend-all').textContent = `Send these ${count} again`
}

function draw(row, delivery) {
  const { id, event, url, state, attempts, max_attempts: most, created } = delivery
  const age = agoText(Date.parse(created))
  const note = noteOf(delivery)
  const now = JSON.stringify([delivery, age, note.textContent])
  if (row.dataset.shown === now) return
  row.dataset.shown = now
  row.dataset.state = state
  const focused = [...row.querySelectorAll('button')].indexOf(document.activeElement)
  row.replaceChildren(
    ...cellsOf([
      ['State', chip(delivery)],
      ['Event', event],
      ['To', made('span', { className: 'address', title: url }, url)],
      ['Attempts', `${attempts} of ${most}`],
      ['Last', note, 'note'],
      ['Promised', made('span', { title: timeText(created) }, age)],
      ['', buttonsOf({ id, url, state }), 'actions'],
    ]),
  )
  row.querySelectorAll('button')[focused]?.focus()
}

function chip({ state, attempts }) {
  const isRetried = state === 'waiting' && attempts > 0
  const className = `chip ${isRetried ? 'unsure' : (stateClass[state] ?? '')}`
  return made('span', { className }, isRetried ? 'Retrying' : stateWords[state])
}

function noteOf({ state, due, attempts, error, finished }, now = Date.now()) {
  if (state === 'done') return made('small', { title: timeText(finished) }, agoText(Date.parse(finished)))
  const isDue = Date.parse(due) <= now + 500
  const when =
    state !== 'waiting' || attempts === 0 ? '' : isDue ? 'again now' : `again ${agoText(Date.parse(due))}`
  return made('small', {}, [error, when].filter(Boolean).join(', ') || '–')
}

function buttonsOf({ id, url, state }) {
  const button = (words, click) =>
    made(
      'button',
      { type: 'button', 'aria-label': `${words}: ${url}`, on: { click: () => explained(click) } },
      words,
    )
  const words = state === 'waiting' ? 'Send now' : 'Send again'
  return [
    ...(state === 'running' ? [] : [button(words, () => resend(id))]),
    button('Details', () => showDetails(id)),
  ]
}

async function resend(id) {
  const delivery = await ask(`/v1/deliveries/jobs/${id}/resend`, { method: 'POST' })
  const row = shown.get(id)
  if (row) draw(row, delivery)
  byId('said').textContent = `It is sent to ${delivery.url} again.`
  watch()
}

/** After the other side was away: all that were given up and are shown. */
async function resendAll() {
  const ids = [...shown.keys()]
  for (const id of ids) await ask(`/v1/deliveries/jobs/${id}/resend`, { method: 'POST' })
  byId('said').textContent = `${ids.length} deliveries are sent again.`
  byId('filter').elements.state.value = ''
  await refresh()
  watch()
}

async function showDetails(id) {
  const [delivery, { items }] = await Promise.all([
    ask(`/v1/deliveries/jobs/${id}`),
    ask(`/v1/deliveries?${new URLSearchParams({ job: id, limit: '100' })}`),
  ])
  dialog ??= document.body.appendChild(
    made('dialog', { id: 'delivery', 'aria-labelledby': 'delivery-title' }),
  )
  dialog.replaceChildren(
    made(
      'div',
      { className: 'dialog-head' },
      made('h2', { id: 'delivery-title' }, `${delivery.event} to ${delivery.url}`),
      made(
        'div',
        { className: 'dialog-actions' },
        made('button', { type: 'button', on: { click: () => dialog.close() } }, 'Close'),
      ),
    ),
    definitions([
      ['Id', made('code', {}, delivery.id)],
      ['State', chip(delivery)],
      ['Promised', timeText(delivery.created)],
      ['Next try', delivery.due && timeText(delivery.due)],
      ['Finished', delivery.finished && timeText(delivery.finished)],
      ['Error', delivery.error],
    ]),
    attemptsTable(items),
  )
  dialog.showModal()
}

function attemptsTable(attempts) {
  if (attempts.length === 0) return made('p', { className: 'attempts' }, 'Not tried yet.')
  const rowOf = ({ attempt, at, status, is_delivered: isDelivered, ms, error }) =>
    made(
      'tr',
      { role: 'row' },
      ...cellsOf([
        ['Attempt', String(attempt)],
        ['At', timeText(at)],
        [
          'Answer',
          made('span', { className: `chip ${isDelivered ? 'good' : 'bad'}` }, String(status ?? 'none')),
        ],
        ['Time', msText(ms)],
        ['Error', error ?? '–', 'note'],
      ]),
    )
  const names = ['Attempt', 'At', 'Answer', 'Time', 'Error']
  const heads = names.map((name) => made('th', { scope: 'col', role: 'columnheader' }, name))
  return made(
    'div',
    { className: 'scroll attempts', tabindex: '0', role: 'region', 'aria-label': 'Attempts' },
    made(
      'table',
      { className: 'list', role: 'table' },
      made('thead', { role: 'rowgroup' }, made('tr', { role: 'row' }, ...heads)),
      made('tbody', { role: 'rowgroup' }, ...attempts.map(rowOf)),
    ),
  )
}

/** Looks again while something is under way and somebody looks at the page. */
let timer
function watch() {
  clearTimeout(timer)
  const isGoingOn = [...shown.values()].some(({ dataset }) => ['waiting', 'running'].includes(dataset.state))
  timer = setTimeout(again, isGoingOn ? 2000 : 5000)
}

async function again() {
  if (!document.hidden && !dialog?.open && !isPaged) await explained(refresh)
  watch()
}

// Older pages are shown: the list is left as it is until somebody asks for it anew.
let isPaged = false
async function anew() {
  isPaged = false
  await explained(refresh)
  byId('said').textContent = shown.size === 1 ? '1 delivery.' : `${shown.size} deliveries.`
  watch()
}

byId('filter').addEventListener('submit', (event) => event.preventDefault())
byId('filter').addEventListener('change', anew)
byId('refresh').addEventListener('click', anew)
byId('resend-all').addEventListener('click', () => explained(resendAll))
byId('more').addEventListener('click', () => {
  isPaged = true
  explained(more)
})
await account()
await Promise.all([explained(refresh), armHooks()])
watch()
