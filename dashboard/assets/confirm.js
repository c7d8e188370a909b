// Asked before what cannot be undone.
import { made } from './dom.js'

/** Resolves to whether it is wanted; Escape and "No" say that it is not. */
export function sure(question, verb) {
  return new Promise((resolve) => {
    const answer = (words, value, className) =>
      made('button', { type: 'button', className, on: { click: () => dialog.close(value) } }, words)
    const dialog = made(
      'dialog',
      { className: 'sure', 'aria-labelledby': 'sure-question' },
      made('h2', { id: 'sure-question' }, question),
      made('p', { className: 'dialog-actions' }, answer('No', ''), answer(verb, 'yes', 'strong')),
    )
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}
