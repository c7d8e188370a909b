// Small pictures for the list, drawn one after the other and only for rows that are looked at: two hundred photographs
// decoded at once would stop any browser.

const width = 112
const height = 84

const sources = new WeakMap()
const waiting = []
let isBusy = false

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      seen.unobserve(target)
      waiting.push(target)
    }
    work()
  },
  { rootMargin: '300px' },
)

/** An empty canvas of its final size; `blob` is asked for when it comes into view. */
export function thumbnail(blob) {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.className = 'thumbnail'
  canvas.setAttribute('aria-hidden', 'true')
  sources.set(canvas, blob)
  seen.observe(canvas)
  return canvas
}

/** Once more, when there is now something that can be shown. */
export function redraw(canvas, blob) {
  if (canvas.dataset.drawn) return
  sources.set(canvas, blob)
  seen.unobserve(canvas)
  seen.observe(canvas)
}

async function work() {
  if (isBusy) return
  isBusy = true
  for (let canvas = waiting.shift(); canvas; canvas = waiting.shift()) await draw(canvas).catch(() => {})
  isBusy = false
}

async function draw(canvas) {
  const blob = await sources.get(canvas)()
  if (!blob) return
  const isDrawing = blob.type.includes('svg')
  const picture = await (isDrawing ? drawn(blob) : decoded(blob))
  const [own, tall] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height]
  // A photograph fills its place; of a logo nothing may be missing.
  const scale = Math[isDrawing ? 'min' : 'max'](width / own, height / tall)
  const [w, h] = [own * scale, tall * scale]
  const context = canvas.getContext('2d')
  context.clearRect(0, 0, width, height)
  context.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h)
  picture.close?.()
  canvas.dataset.drawn = 'yes'
}

/** Scaled while it is decoded, away from the page's own thread. */
const decoded = (blob) => createImageBitmap(blob, { resizeWidth: width * 2, resizeQuality: 'medium' })

async function drawn(blob) {
  const image = new Image()
  image.src = URL.createObjectURL(blob)
  try {
    await image.decode()
  } finally {
    URL.revokeObjectURL(image.src)
  }
  return image
}
