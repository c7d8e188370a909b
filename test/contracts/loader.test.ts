import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createBucketLoader } from '../../origin/loaders/bucket.ts'
import { createFolderLoader } from '../../origin/loaders/folder.ts'
import { openBucket } from '../../storage/index.ts'
import { aClock } from '../clocks.ts'
import { anHttpLoader, aServer } from '../origin/servers.ts'
import { loaderContract } from './loader.ts'

const limits = { maxBytes: 1000, freshSeconds: 60 }
const nothing = () => {}

/** Files in a folder, with one beside it that nobody may read. */
async function aFolder() {
  const home = await mkdtemp(join(tmpdir(), 'halftone-loader-'))
  const dir = join(home, 'pictures')
  await mkdir(join(dir, 'cats'), { recursive: true })
  await writeFile(join(home, 'secret.png'), 'secret')
  return {
    dir,
    async put(name: string, content: string) {
      await mkdir(dirname(join(dir, name)), { recursive: true })
      await writeFile(join(dir, name), content)
    },
    remove: (name: string) => rm(join(dir, name)),
    close: () => rm(home, { recursive: true }),
  }
}

loaderContract('a folder', async () => {
  const folder = await aFolder()
  return { ...folder, loader: createFolderLoader({ dir: folder.dir, ...limits }), later: nothing }
})

loaderContract('a bucket', async () => {
  const folder = await aFolder()
  const bucket = await openBucket({ kind: 'folder', dir: folder.dir })
  return {
    loader: createBucketLoader({
      ...{ bucket, place: 'here', ...limits },
      keyOf: (path) => `photos/${path}`,
    }),
    put: async (name, content) =>
      void (await bucket.put(`photos/${name}`, Buffer.from(content), { type: 'image/png' })),
    remove: (name) => bucket.delete([`photos/${name}`]),
    later: nothing,
    async close() {
      await bucket.close()
      await folder.close()
    },
  }
})

loaderContract('a web site', async () => {
  const files = new Map<string, string>()
  const site = await aServer((request, response) => {
    const content = files.get(decodeURIComponent(request.url ?? ''))
    if (content === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'cache-control': 'max-age=60' }).end(content)
  })
  files.set('/secret.png', 'secret')
  const clock = aClock()
  const loader = anHttpLoader({ ...limits, base: `${site.url}/pictures/`, now: clock.now })
  return {
    loader,
    put: async (name, content) => void files.set(`/pictures/${name}`, content),
    remove: async (name) => void files.delete(`/pictures/${name}`),
    later: () => clock.forward(3600),
    async close() {
      await loader.close()
      await site.close()
    },
  }
})
