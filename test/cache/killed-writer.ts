// A process that does nothing but write entries, as fast as it can, until it is killed. Says how many it has written.
import { createDiskStore } from '../../cache/disk.ts'
import { generationEntry, writtenKeys } from './generations.ts'

const [dir = '', round = ''] = process.argv.slice(2)
const disk = createDiskStore({ dir, maxBytes: 2 * 1024 * 1024 })

for (let written = 0; ; ) {
  const puts = writtenKeys.slice(0, 4).map((_, i) => {
    const key = writtenKeys[(written + i) % writtenKeys.length] ?? ''
    return disk.put(generationEntry(key, `${round}.${written}`))
  })
  await Promise.all(puts)
  written += puts.length
  process.stdout.write(`${written}\n`)
}
