// Why a picture failed, and what the visitor can do about it.
import { made } from './dom.js'

const remedies = {
  'source-unsupported':
    'Save it as JPEG, PNG, GIF, WebP, AVIF or SVG first. For a TIFF it is enough to choose a format above.',
  'source-broken': 'Open it in a picture editor, save it anew, and drop that.',
  'source-too-large': 'Make it smaller first: fewer pixels, or a smaller file.',
  'too-costly': 'Make it simpler first: fewer frames, layers or effects.',
  'bad-option': 'Change the options above, then try again.',
  'bad-credentials': 'Use another key, by the button at the top.',
  'not-allowed': 'Use a key that may optimise, by the button at the top.',
  'over-quota': 'Use another key, by the button at the top, or wait until the quota is renewed.',
  stalled: 'Try again with a better connection.',
  'no-connection': 'See whether you are online and the server is running, then try again.',
}
const otherwise = 'Try again in a moment.'

/** The server's sentence about this very picture is better than a general one. */
export const remedyBox = ({ title, detail, kind }) =>
  made(
    'div',
    { className: 'problem' },
    made('h4', {}, detail ?? title),
    made('p', { className: 'detail' }, remedies[kind] ?? otherwise),
  )
