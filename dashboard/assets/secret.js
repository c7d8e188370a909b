// A secret that is shown this once.
import { armCopyButtons, made } from './dom.js'

export function showSecret(place, words, secret) {
  const id = `${place.id}-text`
  const box = made(
    'div',
    { className: 'new-secret' },
    made('p', {}, words),
    made('code', { id }, secret),
    ' ',
    made('button', { type: 'button', 'data-copy': id }, 'Copy'),
  )
  place.replaceChildren(box)
  armCopyButtons(box)
}
