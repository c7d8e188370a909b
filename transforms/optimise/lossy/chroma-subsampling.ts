// Whether a JPEG stores colour at less than full resolution (ITU-T T.81 B.2.2, the frame's sampling factors).
import { readSegments } from '../jpeg/segments.ts'

/** SOF0 to SOF15 without the three that are no frames: DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

export function hasHalvedColour(jpeg: Uint8Array): boolean {
  const frame = readSegments(jpeg).find(({ marker }) => isFrame(marker))
  if (frame === undefined || frame.content[5] !== 3) return false
  const [luma = 0x11, blue = 0x11] = [frame.content[7], frame.content[10]]
  return luma !== blue
}
