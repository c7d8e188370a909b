// The page's own work: it fetches each picture as a browser would, reads the answer's headers, and shows them.

import { armCopyButtons, bytesText, changeText, made, msText } from './dom.js'
import { problemBox, problemOf } from './problem.js'

const accept = 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5'

/** Fetches a picture whole; the numbers are of this very answer. */
async function measured(path, { cache = 'no-store' } = {}) {
  const start = performance.now()
  const response = await fetch(path, { headers: { accept }, cache })
  const body = await response.blob()
  const ms = performance.now() - start
  const source = Number(response.headers.get('halftone-source-bytes')) || undefined
  return { response, body, ms, bytes: body.size, source, tier: tierOf(response.headers.get('cache-status')) }
}

// RFC 9211: the member nearest to us is last. The last that says `hit` answered; without one, the picture was made now.
function tierOf(cacheStatus) {
  const members = (cacheStatus ?? '').match(/(?:"[^"]*"|[^,])+/g) ?? []
  const hit = members.findLast((member) => /;\s*hit\s*(;|$)/.test(member))
  return hit === undefined
    ? undefined
    : hit
        .split(';')[0]
        .trim()
        .replaceAll('"', '')
        .replace(/^halftone-/, '')
}

// The table, four cells at a time: the server is a laptop, perhaps.
const waiting = []
const results = new Map()
let running = 0

function enqueue(link) {
  waiting.push(link)
  work()
}

function work() {
  while (running < 4 && waiting.length > 0) {
    running++
    fill(waiting.shift()).finally(() => {
      running--
      work()
    })
  }
}

async function fill(link) {
  try {
    const answer = await measured(link.getAttribute('href'))
    if (!answer.response.ok) throw new Error(String(answer.response.status))
    results.set(link, answer)
    showCell(link, answer)
    showTotals()
  } catch (error) {
    link.replaceChildren(made('b', {}, 'failed'), made('small', {}, error.message))
  }
}

function showCell(link, { bytes, source, tier, ms }) {
  const small = made('small', {})
  if (source)
    small.append(made('span', { className: bytes <= source ? 'saved' : '' }, changeText(bytes, source)))
  const who = made('i', { className: tier ? 'hit' : 'made' })
  small.append(made('span', { className: 'who', title: msText(ms) }, who, tier ? `${tier} hit` : 'rendered'))
  link.replaceChildren(made('b', {}, bytesText(bytes)), small)
  if (source)
    document.querySelector(`[data-source="${link.dataset.measure}"]`).textContent = bytesText(source)
}

function showTotals() {
  const answers = [...results.values()]
  const sum = (pick) => answers.reduce((total, answer) => total + pick(answer), 0)
  const source = sum(({ source, bytes }) => source ?? bytes)
  const sent = sum(({ bytes }) => bytes)
  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  const total = (name, text) => {
    document.querySelector(`[data-total="${name}"]`).textContent = text
  }
  total('saved', `${Math.round((1 - sent / source) * 100)} %`)
  total('source', bytesText(source))
  total('sent', bytesText(sent))
  total('hits', `${answers.filter(({ tier }) => tier).length} of ${answers.length}`)
  total('time', msText(times[times.length >> 1]))
}

const links = [...document.querySelectorAll('[data-measure]')]
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      seen.unobserve(target)
      for (const link of target.querySelectorAll('[data-measure]')) enqueue(link)
    }
  },
  { rootMargin: '200px' },
)
for (const card of document.querySelectorAll('.card')) seen.observe(card)
document.querySelector('[data-again]')?.addEventListener('click', () => links.forEach(enqueue))

// The slider.
const place = document.querySelector('#place')
const responsive = document.querySelector('#responsive')

function showChoice() {
  const width = responsive.parentElement.clientWidth
  const chosen = new URL(responsive.currentSrc || responsive.src, location.href)
  const ratio = devicePixelRatio === 1 ? '' : ` × ${devicePixelRatio}`
  document.querySelector('#chosen').textContent =
    `${width}${ratio} pixels: ${chosen.pathname}${chosen.search}`
}

place?.addEventListener('input', () => {
  responsive.parentElement.style.width = `${place.value}px`
  responsive.sizes = `${responsive.parentElement.clientWidth}px`
  showChoice()
})
responsive?.addEventListener('load', showChoice)

// The box.
const form = document.querySelector('#ask')
const address = document.querySelector('#address')
const answerBox = document.querySelector('#answer')
let lastPicture = ''

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  answerBox.setAttribute('aria-busy', 'true')
  try {
    const url = new URL(address.value.trim(), location.origin)
    if (url.origin !== location.origin) throw new Error('Only addresses on this server can be tried here.')
    await showAnswer(await measured(url.href))
  } catch (error) {
    answerBox.replaceChildren(
      made('div', { className: 'problem', role: 'alert' }, made('h3', {}, error.message)),
    )
  }
  answerBox.removeAttribute('aria-busy')
})

for (const button of document.querySelectorAll('[data-example]')) {
  button.addEventListener('click', () => {
    address.value = button.dataset.example
    form.requestSubmit()
  })
}

async function showAnswer(answer) {
  URL.revokeObjectURL(lastPicture)
  const { response, body } = answer
  const isPicture = response.ok && body.type.startsWith('image/')
  const shown = isPicture ? await pictureOf(body) : await wordsOf(response, body)
  answerBox.replaceChildren(
    shown,
    made('div', { className: 'facts' }, factsOf(answer, shown), timingOf(response), headersOf(response)),
  )
}

async function pictureOf(body) {
  lastPicture = URL.createObjectURL(body)
  const picture = made('img', { src: lastPicture, alt: 'The picture at this address' })
  await picture.decode().catch(() => {})
  return made('div', { className: 'shown' }, picture)
}

// A problem document says what is wrong in words; anything else is shown as it came.
async function wordsOf(response, body) {
  const text = await body.text()
  if (!body.type.includes('json')) return made('pre', { tabindex: '0' }, text.slice(0, 4000))
  if (response.ok) return made('pre', { tabindex: '0' }, JSON.stringify(JSON.parse(text), null, 2))
  const box = problemBox(problemOf(response.status, text))
  box.setAttribute('role', 'alert')
  return box
}

function factsOf({ response, body, bytes, source, tier, ms }, shown) {
  const picture = shown.querySelector('img')
  const facts = {
    Status: String(response.status),
    Type: body.type || 'none',
    Bytes: source
      ? `${bytesText(bytes)} (${changeText(bytes, source)} of ${bytesText(source)})`
      : bytesText(bytes),
    ...(picture ? { Size: `${picture.naturalWidth} × ${picture.naturalHeight}` } : {}),
    ...(response.ok
      ? { Answered: tier === undefined ? 'made for this request' : `from the cache of the ${tier}` }
      : {}),
    Time: msText(ms),
  }
  return made(
    'dl',
    {},
    ...Object.entries(facts).flatMap(([name, value]) => [made('dt', {}, name), made('dd', {}, value)]),
  )
}

// Server-Timing: name;dur=12.3;desc="words", ...
function timingOf(response) {
  const header = response.headers.get('server-timing')
  if (!header) return ''
  const steps = header.split(',').map((member) => {
    const [name, ...parameters] = member.split(';').map((part) => part.trim())
    const dur = parameters.find((parameter) => parameter.startsWith('dur='))
    return dur ? `${name} ${msText(Number(dur.slice(4)))}` : name
  })
  return made('p', { className: 'steps' }, ...steps.map((step) => made('span', {}, step)))
}

function headersOf(response) {
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  return made('details', {}, made('summary', {}, 'All headers'), made('pre', { tabindex: '0' }, lines))
}

for (const here of document.querySelectorAll('[data-here]')) here.textContent = location.origin
armCopyButtons()
