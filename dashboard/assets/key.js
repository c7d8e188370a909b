// The key that the page uses: the demo project's if the page carries it, else one that the visitor enters for this tab.
import { byId, made } from './dom.js'
import { noConnection, problemBox, problemOf } from './problem.js'

const kept = 'halftone-key'
const demo = document.querySelector('meta[name="halftone-demo"]')?.content

const own = () => sessionStorage.getItem(kept) ?? undefined
const token = () => own() ?? demo

export const authorization = () => `Bearer ${token()}`

/** Asks the API. Resolves to the JSON of the answer, or undefined for none; throws a Problem. */
export async function ask(path, { method = 'GET', json, signal } = {}) {
  const headers = { authorization: authorization(), accept: 'application/json' }
  if (json !== undefined) headers['content-type'] = 'application/json'
  const response = await fetch(path, {
    method,
    headers,
    cache: 'no-store',
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(signal ? { signal } : {}),
  }).catch((error) => {
    throw error.name === 'AbortError' ? error : noConnection()
  })
  const text = await response.text()
  if (!response.ok) throw problemOf(response.status, text, response.headers.get('retry-after'))
  return text === '' ? undefined : JSON.parse(text)
}

/** Resolves to the account once there is a key that the server knows; until then the page asks for one. */
export function account() {
  return new Promise((resolve) => {
    const form = byId('key-form')
    let isShown = false
    const tryIt = async () => {
      if (token() === undefined) return showForm()
      try {
        const answer = await ask('/v1/account')
        // What is on the page was another key's.
        if (isShown) return location.reload()
        isShown = true
        showPage()
        resolve(answer)
      } catch (problem) {
        showForm()
        byId('key-problem').replaceChildren(problemBox(problem))
      }
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const { id, secret } = Object.fromEntries(new FormData(form))
      sessionStorage.setItem(kept, `${id.trim()}.${secret.trim()}`)
      byId('key-problem').replaceChildren()
      tryIt()
    })
    tryIt()
  })
}

function showForm() {
  byId('with-key').hidden = true
  byId('ask-key').hidden = false
  const back = byId('key-back')
  if (demo !== undefined && !back)
    byId('key-form').append(
      made('button', { type: 'button', id: 'key-back', on: { click: forget } }, 'Use the demo key'),
    )
}

/** The way back for who changed their mind. */
function offerToKeep() {
  if (own() === undefined || byId('key-keep')) return
  byId('key-form').append(
    made(
      'button',
      { type: 'button', id: 'key-keep', on: { click: () => location.reload() } },
      'Keep the key in use',
    ),
  )
}

function showPage() {
  byId('ask-key').hidden = true
  byId('with-key').hidden = false
  const id = token().split('.')[0]
  byId('key-name').replaceChildren(
    own() === undefined ? 'Uses the demo key ' : 'Uses the key ',
    made('code', {}, id),
  )
  byId('key-line').hidden = false
  byId('key-change').addEventListener('click', () => {
    showForm()
    offerToKeep()
    byId('key-form').elements.id.focus()
  })
}

function forget() {
  sessionStorage.removeItem(kept)
  location.reload()
}
