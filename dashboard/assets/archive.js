// All results in one ZIP, put together in the browser while they arrive, one after the other.
import { makeZip } from './client-zip.js'
import { noConnection } from './problem.js'

/** Two files of one name would overwrite each other when the archive is opened: "cat.webp", "cat (2).webp". */
export function namesOf(items) {
  const taken = new Set()
  return items.map(({ path, facts }) => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
    const dot = facts.name.lastIndexOf('.')
    const [stem, end] = dot > 0 ? [facts.name.slice(0, dot), facts.name.slice(dot)] : [facts.name, '']
    let name = `${folder}${stem}${end}`
    for (let copy = 2; taken.has(name.toLowerCase()); copy++) name = `${folder}${stem} (${copy})${end}`
    taken.add(name.toLowerCase())
    return name
  })
}

/**
 * The archive as a blob, which a browser keeps on its disk when it is large, and how many results were no longer on
 * the server: the others are wanted all the same. `told(done)` after each file.
 */
export async function zipped(items, told) {
  const names = namesOf(items)
  let missing = 0
  async function* files() {
    for (const [at, { facts }] of items.entries()) {
      const response = await fetch(facts.path).catch(() => {
        throw noConnection()
      })
      if (response.ok) yield { name: names[at], input: response, lastModified: new Date() }
      else missing++
      told(at + 1)
    }
  }
  const blob = await new Response(makeZip(files()), { headers: { 'content-type': 'application/zip' } }).blob()
  return { blob, missing }
}

export function saveAs(blob, name) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The download has begun by then, and holds the blob itself.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
