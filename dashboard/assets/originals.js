// The files as they were before, kept in this browser as long as their results are kept on the server, so that the
// two can still be compared after a reload. Without a database (a private window) there is just no comparison then.

const mostBytes = 1024 ** 3

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open('halftone', 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore('originals', { keyPath: 'id' })
  }
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})
// Asked for again by each call; unasked it is no error.
opened.catch(() => {})

async function inStore(mode, work) {
  const database = await opened
  return new Promise((resolve, reject) => {
    const transaction = database.transaction('originals', mode)
    const request = work(transaction.objectStore('originals'))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onerror = () => reject(transaction.error)
    transaction.onabort = () => reject(transaction.error)
  })
}

/** `path` is what it is called in the list: with the folders it was dropped with. */
export async function keepOriginal({ id, file, path, expires }) {
  try {
    await inStore('readwrite', (store) => store.put({ id, file, path, expires, bytes: file.size }))
  } catch {
    // Too large for what the browser gives us, or a private window.
  }
}

/** `{ file, path }`, or undefined. */
export async function originalOf(id) {
  try {
    return await inStore('readonly', (store) => store.get(id))
  } catch {
    return undefined
  }
}

export async function forgetOriginals(ids) {
  try {
    for (const id of ids) await inStore('readwrite', (store) => store.delete(id))
  } catch {
    // Nothing is kept, so there is nothing to forget.
  }
}

/** Lets go of what has expired, and of the oldest when there is too much. */
export async function tidyOriginals(now = Date.now()) {
  try {
    const all = await inStore('readonly', (store) => store.getAll())
    let sum = 0
    for (const { id, expires, bytes } of all.sort((a, b) => b.expires - a.expires)) {
      sum += bytes
      if (expires < now || sum > mostBytes) await inStore('readwrite', (store) => store.delete(id))
    }
  } catch {
    // Nothing is kept, so nothing is to be tidied.
  }
}
