// The door of wire: tiers over HTTP.

export { createRing, type Ring } from './hash-ring.ts'
export { createRemoteTier, type RemoteTier } from './remote-tier.ts'
export { type Listening, type ListenOptions, listen, type ServerLimits } from './server.ts'
export { type Listener, type ServeOptions, serveTier } from './tier-listener.ts'
export {
  createUpstreams,
  sourceKey,
  type UpstreamEvent,
  type Upstreams,
  type UpstreamsOptions,
  wholeKey,
} from './upstreams.ts'
