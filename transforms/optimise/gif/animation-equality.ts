// Whether two animations play the same: the same pictures, for as long and as often. The number of stored frames may differ.
import { createHash } from 'node:crypto'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'

interface ShownFrame {
  readonly hash: string
  ms: number
}

export interface Animation {
  readonly width: number
  readonly height: number
  readonly loop: number
  readonly moments: readonly ShownFrame[]
}

/** Milliseconds that browsers show a frame: one of 10 ms or less gets 100 (WebKit bug 36082; the others followed). */
const shownMs = (delay: number): number => (delay <= 10 ? 100 : delay)

export async function hashAnimation(bytes: Uint8Array): Promise<Animation> {
  const options = { animated: true, limitInputPixels: false, failOn: 'truncated' } as const
  const { delay = [], loop = 0 } = await sharp(bytes, options).metadata()
  const { data, info } = await run(sharp(bytes, options).toColourspace('srgb').ensureAlpha().raw())
  const height = info.pageHeight ?? info.height
  const frameBytes = info.width * height * info.channels
  const moments: ShownFrame[] = []
  for (let at = 0, n = 0; at < data.length; at += frameBytes, n++) {
    const hash = createHash('sha256')
      .update(data.subarray(at, at + frameBytes))
      .digest('base64')
    const ms = shownMs(delay[n] ?? 0)
    const last = moments.at(-1)
    if (last?.hash === hash) last.ms += ms
    else moments.push({ hash, ms })
  }
  return { width: info.width, height, loop, moments }
}

export function isSameAnimation(one: Animation, other: Animation): boolean {
  if (one.width !== other.width || one.height !== other.height) return false
  if (one.moments.length !== other.moments.length) return false
  // A single picture has no pace and nothing to repeat.
  if (one.moments.length > 1 && one.loop !== other.loop) return false
  return one.moments.every(({ hash, ms }, i) => {
    const there = other.moments[i]
    return there?.hash === hash && (one.moments.length === 1 || there.ms === ms)
  })
}
