import { createDiskStore } from '../../cache/disk.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import { createTieredStore } from '../../cache/tiered.ts'
import { aFolder } from '../cache/folder.ts'
import { storeContract } from './store.ts'

storeContract('memory', (maxBytes) => createMemoryStore({ maxBytes }))
storeContract('disk', (maxBytes) => createDiskStore({ dir: aFolder(), maxBytes }))
storeContract('tiered', (maxBytes) =>
  createTieredStore({
    memory: createMemoryStore({ maxBytes: maxBytes / 4 }),
    disk: createDiskStore({ dir: aFolder(), maxBytes }),
  }),
)
