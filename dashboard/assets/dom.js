// What all pages write with: elements, and figures in words.

/** An element with text or children; never markup from a string. */
export function made(name, { className, on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(name)
  if (className) element.className = className
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value)
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener)
  element.append(...children)
  return element
}

export const byId = (id) => document.getElementById(id)

export function bytesText(bytes) {
  if (bytes < 1000) return `${Math.round(bytes)} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  while (value >= 999.5 && units.length > 1) {
    value /= 1000
    units.shift()
  }
  return `${value < 999.5 ? value.toPrecision(3) : Math.round(value)} ${units[0]}`
}

/** How much smaller or larger: "−72 %". */
export function changeText(bytes, source) {
  const exact = (bytes / source - 1) * 100
  // Nothing is ever all saved: 71 bytes of 97 kB are 99.9 % less, and not 100.
  const isNearlyAll = Math.round(exact) === -100 && bytes > 0
  const percent = isNearlyAll ? Math.max(-99.9, Number(exact.toFixed(1))) : Math.round(exact)
  if (!Number.isFinite(percent) || percent === 0) return '±0 %'
  return percent < 0 ? `−${-percent} %` : `+${percent} %`
}

export const msText = (ms) =>
  ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

export const countText = (count) => new Intl.NumberFormat('en').format(count)

export const formatWords = {
  avif: 'AVIF',
  webp: 'WebP',
  jpeg: 'JPEG',
  jpg: 'JPEG',
  png: 'PNG',
  gif: 'GIF',
  svg: 'SVG',
  tiff: 'TIFF',
}

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
export const timeText = (time) => clock.format(new Date(time))

/** "in 3 h", "2 min ago". */
export function agoText(time, now = Date.now()) {
  const seconds = Math.abs(time - now) / 1000
  const amount =
    seconds < 60
      ? `${Math.round(seconds)} s`
      : seconds < 3600
        ? `${Math.round(seconds / 60)} min`
        : seconds < 172_800
          ? `${Math.round(seconds / 3600)} h`
          : `${Math.round(seconds / 86_400)} d`
  return time > now ? `in ${amount}` : `${amount} ago`
}

/** Rows of a definition list; what has no value is left out. */
export const definitions = (rows) =>
  made(
    'dl',
    { className: 'rows' },
    ...rows
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .flatMap(([name, value]) => [made('dt', {}, name), made('dd', {}, value)]),
  )

/** The cells of a row, each with its column's name: on a phone a row is a card and has no head above it. */
export const cellsOf = (named) =>
  named.map(([label, content, className = '']) =>
    made('td', { className, role: 'cell', 'data-label': label }, ...[content].flat()),
  )

/** Copies the text of the element a button names, and says so in the button for a moment. */
export function armCopyButtons(root = document) {
  for (const button of root.querySelectorAll('[data-copy]'))
    button.addEventListener('click', async () => {
      const source = byId(button.dataset.copy)
      try {
        await navigator.clipboard.writeText(source.textContent)
        button.textContent = 'Copied'
      } catch {
        // No clipboard without a secure context: select it, so that the keyboard can copy.
        getSelection().selectAllChildren(source)
        button.textContent = 'Selected'
      }
      setTimeout(() => {
        button.textContent = 'Copy'
      }, 1500)
    })
}
