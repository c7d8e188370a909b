// A picture's address, and what to write into a page or a project to have it there.

/** Slashes, commas and colons need no escape in a query, and are read more easily without. */
const encoded = (text) =>
  encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%2C', ',').replaceAll('%3A', ':')

export const addressOf = (path, options) =>
  options.length === 0 ? path : `${path}?${options.map(([key, text]) => `${key}=${encoded(text)}`).join('&')}`

/** For others to import: apart, so that no line here looks as if this module did. */
const imports = {
  next: "import Image from 'next/image'",
  nuxt: "import { defineProvider } from '@nuxt/image/runtime'",
}

const widths = [320, 640, 960, 1280, 1920]
const isPixels = (text) => /^\d+$/.test(text ?? '')

/** `options` are keys and texts, in order; `width` and `height` are the picture's own. */
export const recipes = {
  address: ({ origin, path, options }) => `${origin}${addressOf(path, options)}`,
  html: (wish) => img(wish),
  react: (wish) => `export function Picture() {
  return (
${indented(img(wish, { srcset: 'srcSet', end: ' />' }), 4)}
  )
}`,
  vue: (wish) => `<template>
${indented(img(wish, { end: ' />' }), 2)}
</template>`,
  next,
  nuxt,
}

function img(wish, { srcset = 'srcset', end = '>' } = {}) {
  const { width, height, alt } = wish
  const { candidates, sizes } = sourcesOf(wish)
  const lines = [
    `src="${escaped(recipes.address(wish))}"`,
    `${srcset}="${candidates.map(escaped).join(',\n    ')}"`,
    ...(sizes ? [`sizes="${sizes}"`] : []),
    ...(width ? [`width="${width}" height="${height}"`] : []),
    `alt="${escaped(alt)}"`,
  ]
  return `<img\n  ${lines.join('\n  ')}${end}`
}

/** A picture of a given height is wanted denser; any other in several widths. */
function sourcesOf({ origin, path, options }) {
  const given = Object.fromEntries(options)
  const isFixed = given.h !== undefined
  const [key, values, unit] = isFixed ? ['dpr', [1, 2, 3], 'x'] : ['w', widths, 'w']
  const others = options.filter(([name]) => name !== key)
  const candidates = values.map(
    (value) => `${origin}${addressOf(path, [...others, [key, String(value)]])} ${value}${unit}`,
  )
  if (isFixed) return { candidates }
  return { candidates, sizes: isPixels(given.w) ? `(max-width: ${given.w}px) 100vw, ${given.w}px` : '100vw' }
}

function next({ origin, path, options, width = 640, height = 480, alt }) {
  const given = Object.fromEntries(options)
  const hasRatio = isPixels(given.w) && isPixels(given.h)
  const kept = options.filter(([key]) => key !== 'w' && !(hasRatio && key === 'h'))
  const ratio = hasRatio ? `\n  url.searchParams.set('h', Math.round((width * ${given.h}) / ${given.w}))` : ''
  return `// halftone-loader.js
'use client'

const options = ${objectOf(kept)}

export default function halftoneLoader({ src, width, quality }) {
  const url = new URL(src, ${quoted(origin)})
  for (const [key, value] of Object.entries(options)) url.searchParams.set(key, value)
  url.searchParams.set('w', width)${ratio}
  if (quality) url.searchParams.set('q', quality)
  return url.href
}

// next.config.js
module.exports = { images: { loader: 'custom', loaderFile: './halftone-loader.js' } }

// In a page
${imports.next}

<Image src="${path}" width={${width}} height={${height}} alt="${escaped(alt)}" />`
}

function nuxt({ origin, path, options, width = 640, alt }) {
  const given = Object.fromEntries(options)
  // Each of these is a property of the component, and would be emptied among the modifiers.
  const properties = {
    width: isPixels(given.w) ? given.w : width,
    ...(isPixels(given.h) ? { height: given.h } : {}),
    ...(given.fit ? { fit: given.fit } : {}),
  }
  const apart = ['w', ...(isPixels(given.h) ? ['h'] : []), 'fit']
  const modifiers = objectOf(options.filter(([key]) => !apart.includes(key)))
  const attributes = Object.entries(properties).map(([name, text]) => `${name}="${escaped(String(text))}"`)
  return `// providers/halftone.ts
${imports.nuxt}

export default defineProvider({
  getImage(src, { modifiers }) {
    const { width, height, quality, format, ...options } = modifiers
    const url = new URL(src, ${quoted(origin)})
    const query = { ...options, w: width, h: height, q: quality ?? options.q, fm: format ?? options.fm }
    for (const [key, value] of Object.entries(query)) if (value) url.searchParams.set(key, String(value))
    return { url: url.href }
  },
})

// nuxt.config.ts
export default defineNuxtConfig({
  modules: ['@nuxt/image'],
  image: { provider: 'halftone', providers: { halftone: { provider: '~/providers/halftone.ts' } } },
})

<!-- In a page -->
<NuxtImg
  src="${path}"
  ${attributes.join(' ')}
  :modifiers="${escaped(modifiers)}"
  alt="${escaped(alt)}" />`
}

const quoted = (text) => `'${text.replace(/[\\']/g, '\\$&')}'`
const objectOf = (options) =>
  options.length === 0
    ? '{}'
    : `{ ${options.map(([key, text]) => `${/^\w+$/.test(key) ? key : quoted(key)}: ${quoted(text)}`).join(', ')} }`
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
const indented = (text, by) => text.replace(/^/gm, ' '.repeat(by))
