// The page's own work: it fetches each picture as a browser would, reads the answer's headers, and shows them.

import { showAnswer } from './answer.js'
import { armCopyButtons, bytesText, changeText, made, msText } from './dom.js'
import { measured } from './measured.js'
import { armPlayground } from './play.js'

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

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  answerBox.setAttribute('aria-busy', 'true')
  try {
    const url = new URL(address.value.trim(), location.origin)
    if (url.origin !== location.origin) throw new Error('Only addresses on this server can be tried here.')
    await showAnswer(answerBox, await measured(url.href))
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

for (const here of document.querySelectorAll('[data-here]')) here.textContent = location.origin
armCopyButtons()
armPlayground()
