// Frames as a stream of uncompressed Matroska (RFC 9559): the simplest form in which ffmpeg takes over the time of each.
import type { Size } from '../../steps/geometry/sizes.ts'

/** RGBA pixels and the milliseconds for which they are shown. */
export interface TimedFrame {
  readonly data: Uint8Array
  readonly delay: number
}

/** The head of the stream, and a cluster for each frame. */
export async function* matroska(size: Size, frames: AsyncIterable<TimedFrame>): AsyncGenerator<Uint8Array> {
  yield head(size)
  let at = 0
  for await (const { data, delay } of frames) {
    yield cluster(at, delay, data.length)
    yield data
    yield element(ids.duration, unsigned(delay))
    at += delay
  }
}

const ids = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  track: 0xae,
  number: 0xd7,
  uid: 0x73c5,
  type: 0x83,
  lacing: 0x9c,
  codec: 0x86,
  video: 0xe0,
  width: 0xb0,
  height: 0xba,
  colourSpace: 0x2eb524,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  group: 0xa0,
  block: 0xa1,
  duration: 0x9b,
} as const

/** A length that nobody knows yet: all bits of it are set. */
const open = Buffer.from('01ffffffffffffff', 'hex')
const millisecond = 1_000_000

function head({ width, height }: Size): Buffer {
  const kind = [
    element(ids.docType, Buffer.from('matroska')),
    element(ids.docTypeVersion, unsigned(4)),
    element(ids.docTypeReadVersion, unsigned(2)),
  ]
  const video = [
    element(ids.width, unsigned(width)),
    element(ids.height, unsigned(height)),
    element(ids.colourSpace, Buffer.from('RGBA')),
  ]
  const track = [
    element(ids.number, unsigned(1)),
    element(ids.uid, unsigned(1)),
    element(ids.type, unsigned(1)),
    element(ids.lacing, unsigned(0)),
    element(ids.codec, Buffer.from('V_UNCOMPRESSED')),
    element(ids.video, ...video),
  ]
  return Buffer.concat([
    element(ids.ebml, ...kind),
    name(ids.segment),
    open,
    element(ids.info, element(ids.timestampScale, unsigned(millisecond))),
    element(ids.tracks, element(ids.track, ...track)),
  ])
}

/** All of a cluster that comes before the pixels; behind them stands the duration. */
function cluster(at: number, delay: number, bytes: number): Buffer {
  // Track 1, at the cluster's own time, without flags.
  const block = Buffer.from('81000000', 'hex')
  const group = Buffer.concat([name(ids.block), size(block.length + bytes), block])
  const duration = element(ids.duration, unsigned(delay))
  const groupBytes = group.length + bytes + duration.length
  const time = element(ids.timestamp, unsigned(at))
  const groupHead = Buffer.concat([name(ids.group), size(groupBytes)])
  return Buffer.concat([
    name(ids.cluster),
    size(time.length + groupHead.length + groupBytes),
    time,
    groupHead,
    group,
  ])
}

const element = (id: number, ...parts: readonly Buffer[]): Buffer => {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0)
  return Buffer.concat([name(id), size(bytes), ...parts])
}

function name(id: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(id)
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0))
}

/** Always in eight bytes. */
function size(bytes: number): Buffer {
  const made = unsigned(bytes)
  made[0] = 1
  return made
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
