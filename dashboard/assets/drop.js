// Where files come from: dropped (folders too), pasted, or chosen.
import { byId } from './dom.js'

const pictureName = /\.(jpe?g|png|gif|webp|avif|svg|tiff?|heic|heif|jxl|bmp)$/i
const isPicture = (file) => file.type.startsWith('image/') || pictureName.test(file.name)

// Some phones have no folders to choose from.
const hasFolders = 'webkitdirectory' in HTMLInputElement.prototype

/**
 * `take` gets `{ file, path }` each, and the number of files of a folder that are no pictures; `failed` what could not
 * be read. Nothing is taken while the page still asks for a key.
 */
export function armDrop(taken, failed) {
  const take = (...what) => byId('with-key').hidden || taken(...what)
  const zone = byId('drop')
  const files = byId('files')
  const folder = byId('folder')
  byId('choose-folder').hidden = !hasFolders
  byId('choose').addEventListener('click', () => files.click())
  byId('choose-folder').addEventListener('click', () => folder.click())
  files.addEventListener('change', () => {
    take(
      [...files.files].map((file) => ({ file, path: file.name })),
      0,
    )
    files.value = ''
  })
  folder.addEventListener('change', () => {
    const all = [...folder.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    takePictures(all, take)
    folder.value = ''
  })
  document.addEventListener('paste', ({ clipboardData, target }) => {
    // What is pasted into a field is for the field; a button to tick is none.
    if (target.closest?.('input:not([type="radio"], [type="checkbox"])') && clipboardData?.getData('text'))
      return
    const pasted = [...(clipboardData?.files ?? [])]
    if (pasted.length > 0)
      take(
        pasted.map((file) => ({ file, path: file.name || 'pasted.png' })),
        0,
      )
  })
  armDrag(zone, take, failed)
}

// Anywhere on the page is near enough; the zone shows that it is understood.
function armDrag(zone, take, failed) {
  const hasFiles = ({ dataTransfer }) => [...(dataTransfer?.types ?? [])].includes('Files')
  let depth = 0
  const show = () => zone.classList.toggle('over', depth > 0)
  document.addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return
    depth++
    show()
  })
  document.addEventListener('dragleave', (event) => {
    if (!hasFiles(event)) return
    depth = Math.max(0, depth - 1)
    show()
  })
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
  })
  document.addEventListener('drop', async (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    show()
    const { single, folders } = entriesOf(event.dataTransfer)
    if (single.length > 0) take(single, 0)
    try {
      for (const entry of folders) takePictures(await filesIn(entry), take)
    } catch (error) {
      failed(error)
    }
  })
}

const takePictures = (all, take) => {
  const pictures = all.filter(({ file }) => isPicture(file))
  take(pictures, all.length - pictures.length)
}

// Entries must be asked for before the first await: afterwards the browser has taken them back.
function entriesOf(transfer) {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file')
  const pairs = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }))
  return {
    folders: pairs.flatMap(({ entry }) => (entry?.isDirectory ? [entry] : [])),
    single: pairs.flatMap(({ entry, file }) =>
      entry?.isDirectory || !file ? [] : [{ file, path: file.name }],
    ),
  }
}

async function filesIn(folder) {
  const found = []
  for (const entry of await entriesIn(folder.createReader())) {
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory) found.push(...(await filesIn(entry)))
    else found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, '') })
  }
  return found
}

/** `readEntries` gives at most a hundred at a time, and none when there are no more. */
async function entriesIn(reader) {
  const all = []
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    all.push(...some)
  }
}

const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject))
