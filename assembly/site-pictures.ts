// Pictures of sites: the edge's memory and the tiers below it, which know them as sources of their own.
import { createCache } from '../cache/index.ts'
import type { MemoryStore } from '../cache/memory.ts'
import type { SiteConfig } from '../config.ts'
import {
  createSitePictures,
  optionsOf,
  type PictureSettings,
  type SitePictures,
} from '../site/pictures/index.ts'
import type { Turn } from '../site/turns.ts'
import type { Tier } from '../tier.ts'
import type { Assembly } from './context.ts'

export interface PictureTiers {
  readonly upstream: Tier
  readonly memory: MemoryStore
}

export function assembleSitePictures(
  assembly: Assembly,
  { upstream, memory }: PictureTiers,
  turn: Turn,
): SitePictures {
  const { config, metrics, closing, epochs, originals, now = Date.now } = assembly
  const cache = createCache({
    ...{ name: 'halftone-edge', store: memory, upstream, epochs, now },
    flightMs: config.edgeDeadlineMs,
  })
  const pictures = createSitePictures({
    upstream: cache.answer,
    originals,
    maxBytes: config.maxSourceBytes,
    turn,
    observe({ outcome, savedBytes }) {
      metrics.outcome('site_picture', outcome)
      metrics.saved(savedBytes)
    },
  })
  closing.push(
    () => cache.idle(),
    () => pictures.idle(),
  )
  return pictures
}

/** Undefined for a site whose pictures stay as they are. */
export function pictureSettings(pictures: SiteConfig['pictures']): PictureSettings | undefined {
  if (pictures === false) return undefined
  const { wait, options, hints, keys } = pictures
  return { options: optionsOf(hints ? `${options}&ch=width,dpr` : options), waitMs: wait, hasKeys: keys }
}
