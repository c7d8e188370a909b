// One pixel of the picture on one of the screen: the picture moves under the line, which stays where it is.
import { made } from './dom.js'

export function zoom({ box, frame, element, picture }) {
  box.style.setProperty('--dpr', String(devicePixelRatio))
  const button = made('button', { type: 'button', 'aria-pressed': 'false' }, 'Pixel for pixel')
  const isLarge = () => button.getAttribute('aria-pressed') === 'true'
  let line = 0.5

  /** The line, and the handle with which a finger moves it, are where one looks. */
  const follow = () => {
    if (!isLarge()) return
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = frame
    element.value = ((scrollLeft + line * clientWidth) / element.offsetWidth) * 100
    element.style.setProperty('--handle-position-start', `${scrollTop + clientHeight / 2}px`)
  }

  button.addEventListener('click', () => {
    const large = box.classList.toggle('pixels')
    button.setAttribute('aria-pressed', String(large))
    if (!large) {
      element.style.removeProperty('--handle-position-start')
      return
    }
    line = 0.5
    frame.scrollTo((frame.scrollWidth - frame.clientWidth) / 2, (frame.scrollHeight - frame.clientHeight) / 2)
    follow()
  })
  // What is shown whole with all its pixels has none to show nearer.
  new ResizeObserver(() => {
    button.hidden = !isLarge() && element.offsetWidth * devicePixelRatio >= picture.naturalWidth
  }).observe(frame)
  frame.addEventListener('scroll', follow)
  element.addEventListener('slide', () => {
    if (!isLarge()) return
    const at = (element.value / 100) * element.offsetWidth - frame.scrollLeft
    line = Math.min(1, Math.max(0, at / frame.clientWidth))
  })
  // A finger must be able to move the picture: only on its handle does it move the line.
  element.addEventListener('pointerdown', ({ pointerType }) => {
    element.handle = isLarge() && pointerType === 'touch'
  })
  return button
}
