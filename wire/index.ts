// The door of wire: tiers over HTTP.
export { type Remote, remote } from './remote.ts'
export { createRing, type Ring } from './ring.ts'
export { type Listener, type ServeOptions, serveTier } from './serve.ts'
export { type Listening, type ListenOptions, listen, type ServerLimits } from './server.ts'
export {
  createUpstreams,
  sourceKey,
  type UpstreamEvent,
  type Upstreams,
  type UpstreamsOptions,
  wholeKey,
} from './upstreams.ts'
