// Puts the profile of a picture's colours into its file; nothing else writes one, so none is there that is not true.
import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { app, buildSegment, insertSegments } from '../optimise/jpeg/segments.ts'
import { buildChunk, insertChunks } from '../optimise/png/chunks.ts'
import { addProfile } from '../optimise/webp/chunks.ts'
import type { Plan } from '../plan/plan.ts'
import { profileContent, withColr } from './avif-colour.ts'
import { formatOf, type Rendered } from './rendered.ts'

type Space = NonNullable<Plan['space']>

/** More than a profile of ours and its frame ever take in a file. */
export const mostProfileBytes = 640

const read = new Map<Space, Uint8Array>()

function profileOf(space: Space): Uint8Array {
  const found = read.get(space) ?? readFileSync(new URL(`../pixels/profiles/${space}.icc`, import.meta.url))
  read.set(space, found)
  return found
}

/** A GIF can carry none, and into a JPEG XL none is written: a plan for one has no other space than sRGB. */
const writers = {
  jpeg: (body: Uint8Array, profile: Uint8Array) => insertSegments(body, [segmentOf(profile)]),
  png: (body: Uint8Array, profile: Uint8Array) => insertChunks(body, [chunkOf(profile)]),
  webp: addProfile,
  avif: (body: Uint8Array, profile: Uint8Array) => withColr(body, profileContent(profile)),
} as const

export function tagged(made: Rendered, { space }: Plan): Rendered {
  const format = formatOf(made)
  if (!space || format === 'gif' || format === 'jxl') return made
  return { ...made, body: new Uint8Array(writers[format](made.body, profileOf(space))) }
}

/** The first part of one (ICC.1 B.4). */
const segmentOf = (profile: Uint8Array): Uint8Array =>
  buildSegment(app(2), Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), profile]))

/** PNG 11.3.2.3: a name, the method of compression, the profile. */
const chunkOf = (profile: Uint8Array) =>
  buildChunk('iCCP', Buffer.concat([Buffer.from('ICC\0\0', 'latin1'), deflateSync(profile, { level: 9 })]))
