// The project's keys: listed, created, revoked, where the key in use may do so.

import { sure } from './confirm.js'
import { byId, cellsOf, made } from './dom.js'
import { ask } from './key.js'
import { problemBox } from './problem.js'
import { showSecret } from './secret.js'

const scopes = {
  optimise: 'optimise',
  upload: 'upload',
  files: 'read and change files',
  webhooks: 'webhooks',
  usage: 'read usage',
  keys: 'make keys',
}
const form = byId('new-key')

async function explained(work) {
  byId('keys-problem').replaceChildren()
  try {
    await work()
  } catch (error) {
    byId('keys-problem').replaceChildren(problemBox(error))
  }
}

/** `found` is told the keys after each change. */
export async function armKeys(mine, found) {
  const isAll = mine.scopes.includes('*')
  if (!isAll && !mine.scopes.includes('keys')) return
  byId('keys').hidden = false
  const list = async () => {
    const { items } = await ask('/v1/keys')
    byId('key-rows').replaceChildren(...items.map((key) => rowOf(key, { isMine: key.id === mine.id, list })))
    found(items)
  }
  // A key can give only what it has itself.
  const given = Object.entries(scopes).filter(([scope]) => isAll || mine.scopes.includes(scope))
  byId('new-scopes').replaceChildren(
    ...given.map(([scope, words]) =>
      made('label', {}, made('input', { type: 'checkbox', name: 'scope', value: scope }), words),
    ),
  )
  form.addEventListener('change', () => isTicked())
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (!isTicked()) return form.reportValidity()
    explained(async () => {
      await create()
      await list()
    })
  })
  await explained(list)
}

/** A key that may do nothing is a mistake, and said beside the boxes in the browser's own way. */
function isTicked() {
  const boxes = [...form.querySelectorAll('[name="scope"]')]
  const isAny = boxes.some(({ checked }) => checked)
  boxes[0].setCustomValidity(isAny ? '' : 'Tick what the key may do.')
  return isAny
}

function rowOf({ id, name, scopes: may, revoked }, { isMine, list }) {
  const revoke = () =>
    explained(async () => {
      if (
        !(await sure(`Revoke ${name || id}? Whoever uses this key is refused from now on.`, 'Revoke the key'))
      )
        return
      await ask(`/v1/keys/${id}`, { method: 'DELETE' })
      await list()
    })
  const state = revoked ? 'revoked' : isMine ? 'in use here' : 'active'
  const button = made(
    'button',
    { type: 'button', 'aria-label': `Revoke ${name || id}`, on: { click: revoke } },
    'Revoke',
  )
  return made(
    'tr',
    { role: 'row' },
    ...cellsOf([
      ['Name', name || '–'],
      ['Public id', made('code', {}, id)],
      ['May', may.includes('*') ? 'everything' : may.join(', ')],
      ['State', made('span', { className: `chip ${revoked ? 'bad' : 'good'}` }, state)],
      ['', revoked || isMine ? '' : button, 'actions'],
    ]),
  )
}

async function create() {
  const fields = new FormData(form)
  const calls = Number(fields.get('calls'))
  const key = await ask('/v1/keys', {
    method: 'POST',
    json: {
      name: fields.get('name'),
      scopes: fields.getAll('scope'),
      ...(calls > 0 ? { quotas: { calls } } : {}),
    },
  })
  form.reset()
  const words = `The key ${key.name} is made. Its secret is shown only now:`
  showSecret(byId('new-secret'), words, `${key.id}.${key.secret}`)
}
