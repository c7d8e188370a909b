// The memory of this process's edge, in which pictures of sites lie beside those that are asked for by their addresses.
import { createMemoryStore, type MemoryStore } from '../cache/memory.ts'
import { watchStore } from './cache-stores.ts'
import type { Assembly } from './context.ts'

export function assembleEdgeMemory({ config, metrics }: Assembly): MemoryStore {
  const memory = createMemoryStore({ maxBytes: config.edgeMemoryBytes })
  watchStore(metrics, 'edge_memory', memory)
  return memory
}
