// One drawing of days: bars over dates in the page's own colours, redrawn when the window or the colours change.
import { byId, bytesText, countText } from './dom.js'
import uPlot from './uplot.js'

const height = 190
const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const texts = { bytes: bytesText, count: countText }

/** `series` are `{ label, colour, values }`, one value a day; `unit` is 'bytes' or 'count'. */
export function createChart(id, unit) {
  const place = byId(`chart-${id}`)
  let plot
  let shown
  const draw = () => {
    plot?.destroy()
    const sums = sumsOf(shown)
    byId(`chart-${id}-none`).hidden = sums.some((sum) => sum > 0)
    plot = new uPlot(optionsOf({ ...shown, sums }, unit, place.clientWidth), tableOf(shown), place)
  }
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height })).observe(place)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => shown && draw())
  return (days, series) => {
    shown = { days, series }
    byId(`chart-${id}-words`).textContent = inWords(shown, unit)
    draw()
  }
}

// Days are UTC's, and drawn as such wherever the browser is.
const secondsOf = (day) => Date.parse(`${day}T00:00:00Z`) / 1000
const tableOf = ({ days, series }) => [days.map(secondsOf), ...series.map(({ values }) => values)]

const sumsOf = ({ series }) => series.map(({ values }) => values.reduce((total, value) => total + value, 0))

function inWords({ days, series }, unit) {
  const sums = sumsOf({ series }).map((sum, at) => `${series[at].label}: ${texts[unit](sum)}`)
  return `From ${days[0]} to ${days.at(-1)}. ${sums.join(', ')}.`
}

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const dateText = (seconds) => date.format(new Date(seconds * 1000))

function optionsOf({ days, series, sums }, unit, width) {
  const soft = colourOf('--soft')
  const grid = { stroke: colourOf('--line'), width: 1 }
  const text = texts[unit]
  const axis = { stroke: soft, grid, ticks: grid, font: '12px system-ui, sans-serif' }
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      // Half a day more on each side, for the width of a bar.
      x: { range: (_plot, first, last) => [first - daySeconds * 0.6, last + daySeconds * 0.6] },
      y: { range: (_plot, _least, most) => [0, Math.max(most * 1.1, unit === 'bytes' ? 1000 : 5)] },
    },
    axes: [
      { ...axis, values: (_plot, seconds) => seconds.map(dateText), space: 70, incrs: dayIncrements },
      { ...axis, values: (_plot, ticks) => ticks.map((tick) => (tick === 0 ? '0' : text(tick))), size: 66 },
    ],
    series: [
      // Where nobody points at a day, the legend tells of all.
      {
        label: 'Day',
        value: (_plot, seconds) => (seconds === null ? `all ${days.length}` : dateText(seconds)),
      },
      ...series.map(({ label, colour }, at) => ({
        label,
        stroke: colourOf(colour),
        // The colours are written as #rrggbb; two digits more are their opacity.
        fill: `${colourOf(colour)}aa`,
        width: 1,
        paths: uPlot.paths.bars({ size: [0.72, 48] }),
        points: { show: false },
        value: (_plot, value, _series, index) => text(index === null ? sums[at] : (value ?? 0)),
      })),
    ],
  }
}

const daySeconds = 86_400
const dayIncrements = [1, 2, 3, 7, 14, 28, 56].map((days) => days * daySeconds)
