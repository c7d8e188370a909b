// An answer in a box: the picture or the words, and what is known of how they came.

import { bytesText, changeText, made, msText } from './dom.js'
import { problemBox, problemOf } from './problem.js'

/** Instead of what the box held before; gives the picture, where the answer is one. */
export async function showAnswer(box, answer) {
  const { response, body } = answer
  const isPicture = response.ok && body.type.startsWith('image/')
  const before = box.querySelector('.shown img')?.src
  const shown = isPicture ? await pictureOf(body) : await wordsOf(response, body)
  box.replaceChildren(
    shown,
    made('div', { className: 'facts' }, factsOf(answer, shown), timingOf(response), headersOf(response)),
  )
  if (before) URL.revokeObjectURL(before)
  return isPicture ? shown.querySelector('img') : undefined
}

async function pictureOf(body) {
  const picture = made('img', { src: URL.createObjectURL(body), alt: 'The picture at this address' })
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
