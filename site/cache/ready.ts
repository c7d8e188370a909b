// Stored answers ready to be written: their lines are made once, and only two values in them grow old, once a second.

import { ageSeconds, ttlSeconds } from '../../cache/use.ts'
import { member } from '../../http/cache-status.ts'
import { type ReadyHead, readyHead, renew } from '../../http/ready-head.ts'
import { mediaType } from '../media-type.ts'
import type { Lines } from '../message-headers.ts'
import { viaLine, withoutFields } from '../message-headers.ts'
import { heldBody } from './body.ts'
import type { Moment } from './decide.ts'
import type { SiteEntry } from './entry.ts'
import { select } from './respond.ts'

export interface Ready {
  /** With Via. */
  readonly head: ReadyHead
  /** What Content-Type says it is, without parameters. */
  readonly type: string
  readonly body: Buffer
}

export interface Readies {
  /** Of a whole in memory that may be used as it is. */
  of(entry: SiteEntry, moment: Moment): Ready
}

interface Aging extends Ready {
  second: number
}

const via = new Set(['via'])

export function createReadies(): Readies {
  const known = new WeakMap<SiteEntry, Aging>()

  function made(entry: SiteEntry): Aging {
    const { status, statusText, lines } = select({ ...entry, body: heldBody(entry.body) }, { kind: 'whole' })
    const rest: Lines = [...withoutFields(lines, via), ...viaLine(lines, '1.1')]
    const type = mediaType(entry.headers['content-type'])
    return { head: readyHead(status, rest, statusText), body: entry.body, type, second: -1 }
  }

  return {
    of(entry, moment) {
      let ready = known.get(entry)
      if (ready === undefined) {
        ready = made(entry)
        known.set(entry, ready)
      }
      const second = Math.floor(moment.now / 1000)
      if (ready.second !== second) {
        ready.second = second
        renew(ready.head, ageSeconds(entry, moment), member('halftone', { ttl: ttlSeconds(entry, moment) }))
      }
      return ready
    },
  }
}
