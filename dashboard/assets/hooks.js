// The project's hooks: listed, added, removed, paused.

import { sure } from './confirm.js'
import { byId, cellsOf, made } from './dom.js'
import { ask } from './key.js'
import { problemBox } from './problem.js'
import { showSecret } from './secret.js'

const events = ['file.uploaded', 'file.stored', 'file.deleted', 'file.info_updated']
const form = byId('new-hook')

async function explained(work) {
  byId('hooks-problem').replaceChildren()
  try {
    await work()
  } catch (error) {
    byId('hooks-problem').replaceChildren(problemBox(error))
  }
}

async function list() {
  const { items } = await ask('/v1/webhooks')
  byId('hook-rows').replaceChildren(...items.map(rowOf))
  byId('no-hooks').hidden = items.length > 0
}

function rowOf({ id, event, url, active, signed }) {
  const button = (words, click) =>
    made(
      'button',
      { type: 'button', 'aria-label': `${words}: ${event} to ${url}`, on: { click: () => explained(click) } },
      words,
    )
  const change = (method, json) => async () => {
    await ask(`/v1/webhooks/${id}`, { method, ...(json ? { json } : {}) })
    await list()
  }
  return made(
    'tr',
    { role: 'row' },
    ...cellsOf([
      ['Event', event],
      ['To', made('span', { className: 'address', title: url }, url)],
      ['Signed', signed ? 'yes' : 'no'],
      ['State', made('span', { className: `chip ${active ? 'good' : ''}` }, active ? 'active' : 'paused')],
      [
        '',
        [
          button(active ? 'Pause' : 'Resume', change('PATCH', { active: !active })),
          button('Delete', async () => {
            if (await sure(`Tell ${url} nothing more?`, 'Delete the hook')) await change('DELETE')()
          }),
        ],
        'actions',
      ],
    ]),
  )
}

async function add() {
  const { event, url, secret } = Object.fromEntries(new FormData(form))
  const hook = await ask('/v1/webhooks', {
    method: 'POST',
    json: { event, url: url.trim(), ...(secret ? { secret } : {}) },
  })
  form.reset()
  showSecret(
    byId('hook-secret'),
    'Each delivery is signed with this secret. It is shown only now:',
    hook.secret,
  )
  await list()
}

export async function armHooks() {
  form.elements.event.append(...events.map((event) => made('option', {}, event)))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    explained(add)
  })
  await explained(list)
}
