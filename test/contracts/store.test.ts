// All stores, run through what they promise.
import { createDiskStore } from '../../cache/disk.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import { createTieredStore } from '../../cache/tiered.ts'
import { createLastingStore } from '../../origin/lasting/lasting-store.ts'
import { createFolderBucket } from '../../storage/folder/index.ts'
import { aFolder } from '../cache/folder.ts'
import { boundedStoreContract, storeContract } from './store.ts'

const memory = (maxBytes: number) => createMemoryStore({ maxBytes })
const disk = (maxBytes: number) => createDiskStore({ dir: aFolder(), maxBytes })
const tiered = (maxBytes: number) => createTieredStore({ memory: memory(maxBytes / 4), disk: disk(maxBytes) })

storeContract('memory', memory)
storeContract('disk', disk)
storeContract('tiered', tiered)
boundedStoreContract('memory', memory)
boundedStoreContract('disk', disk)
boundedStoreContract('tiered', tiered)

storeContract('lasting', (maxBytes) =>
  createLastingStore({
    near: memory(maxBytes),
    open: async () => createFolderBucket({ dir: aFolder() }),
    room: 'lasting/results',
    keepMs: 86_400_000,
    deadlineMs: 20_000,
  }),
)
