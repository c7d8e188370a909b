// The page of usage: this month's use beside the quota, charts by day, the project's keys.
import { createChart } from './chart.js'
import { byId, bytesText, cellsOf, countText, made } from './dom.js'
import { account, ask } from './key.js'
import { armKeys } from './keys.js'
import { problemBox } from './problem.js'

const dayMs = 86_400_000
const range = byId('range')
const figures = ['calls', 'failures', 'bytes_in', 'bytes_out', 'bytes_saved']
const charts = {
  calls: createChart('calls', 'count'),
  bytes: createChart('bytes', 'bytes'),
  saved: createChart('saved', 'bytes'),
}

function showStanding({ used, quotas }) {
  byId('standing').replaceChildren(
    standing('Calls', { used: used.calls, most: quotas.calls, text: countText }),
    standing('Bytes in', { used: used.bytes_in, most: quotas.bytes, text: bytesText }),
    standing('Bytes saved', { used: used.bytes_saved, text: bytesText }),
    standing('Failures', { used: used.failures, text: countText }),
  )
}

function standing(name, { used, most, text }) {
  const line = made('dd', {}, text(used))
  if (most)
    line.append(
      made('meter', {
        min: '0',
        max: String(most),
        high: String(most * 0.9),
        value: String(used),
        'aria-label': `${name} of this month`,
      }),
      made('small', {}, `of ${text(most)}, ${text(Math.max(0, most - used))} left`),
    )
  return made('div', {}, made('dt', {}, name), line)
}

/** All days of the range in order, also days without any use. */
const daysOf = (count, now = Date.now()) =>
  Array.from({ length: count }, (_, at) =>
    new Date(now - (count - 1 - at) * dayMs).toISOString().slice(0, 10),
  )

let loaded
async function load() {
  const days = daysOf(Number(range.elements.days.value))
  const query = new URLSearchParams({ from: days[0], to: days.at(-1) })
  const { items } = await ask(`/v1/usage?${query}`)
  loaded = { days, items }
  offerKeys(items)
  draw()
}

function offerKeys(items) {
  const { key: select } = range.elements
  const known = new Set([...select.options].map(({ value }) => value))
  for (const id of new Set(items.map(({ key }) => key)))
    if (!known.has(id)) select.append(made('option', { value: id }, id))
}

function draw() {
  const { days, items } = loaded
  const key = range.elements.key.value
  const sums = new Map(days.map((day) => [day, Object.fromEntries(figures.map((name) => [name, 0]))]))
  for (const item of items)
    if (sums.has(item.day) && (key === '' || item.key === key))
      for (const name of figures) sums.get(item.day)[name] += item[name]
  const values = (name) => days.map((day) => sums.get(day)[name])
  charts.calls(days, [
    { label: 'Calls', colour: '--made', values: values('calls') },
    { label: 'Failures', colour: '--wrong', values: values('failures') },
  ])
  charts.bytes(days, [
    { label: 'In', colour: '--made', values: values('bytes_in') },
    { label: 'Out', colour: '--accent', values: values('bytes_out') },
  ])
  charts.saved(days, [{ label: 'Saved', colour: '--hit', values: values('bytes_saved') }])
  showTable(days, sums)
}

function showTable(days, sums) {
  const rowOf = (day) => {
    const sum = sums.get(day)
    return made(
      'tr',
      { role: 'row' },
      ...cellsOf([
        ['Day', day],
        ['Calls', countText(sum.calls)],
        ['Failures', countText(sum.failures)],
        ['Bytes in', bytesText(sum.bytes_in)],
        ['Bytes out', bytesText(sum.bytes_out)],
        ['Bytes saved', bytesText(sum.bytes_saved)],
      ]),
    )
  }
  byId('usage-rows').replaceChildren(...days.toReversed().map(rowOf))
}

async function explained(work) {
  byId('charts-problem').replaceChildren()
  try {
    await work()
  } catch (error) {
    byId('charts-problem').replaceChildren(problemBox(error))
  }
}

range.addEventListener('submit', (event) => event.preventDefault())
range.elements.days.addEventListener('change', () => explained(load))
range.elements.key.addEventListener('change', () => loaded && draw())

const mine = await account()
showStanding(mine)
await armKeys(mine.key, (keys) => {
  const { key: select } = range.elements
  for (const { id, name } of keys)
    if (![...select.options].some(({ value }) => value === id))
      select.append(made('option', { value: id }, name ? `${name} (${id})` : id))
})
await explained(load)
