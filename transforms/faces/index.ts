// Where the faces of a picture are: by the one detector of this thread, and remembered for the pictures of late.
import { createHash } from 'node:crypto'
import type { Detector, Face, Looked } from './detector.ts'
import { createYunet } from './yunet/index.ts'

export type { Face } from './detector.ts'

/** The longest side of the copy that is looked at. */
export { side as lookedSide } from './yunet/index.ts'

const remembered = new Map<string, readonly Face[]>()
const mostRemembered = 200

let detector: Detector | undefined

/** The faces of these pixels, the largest first. */
export function facesOf(pixels: Looked): readonly Face[] {
  detector ??= createYunet()
  return detector.find(pixels)
}

/** Of the part of a source that `part` names; its pixels are made only where they have not been looked at lately. */
export async function facesIn(
  source: Uint8Array,
  part: string,
  pixels: () => Promise<Looked>,
): Promise<readonly Face[]> {
  const key = `${createHash('sha256').update(source).digest('base64')} ${part}`
  const found = remembered.get(key) ?? facesOf(await pixels())
  remembered.delete(key)
  remembered.set(key, found)
  for (const [oldest] of remembered) if (remembered.size > mostRemembered) remembered.delete(oldest)
  return found
}
