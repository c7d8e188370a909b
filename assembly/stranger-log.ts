// Who asks this process as a tier before it without the right secret: seen in the log, and at most once a minute, so
// that a wrong setting is found and a port scan fills no disk.
import type { IncomingMessage } from 'node:http'
import { showsSecret } from '../wire/tier-listener.ts'
import type { HalftoneOptions } from './context.ts'

const pauseMs = 60_000

export function logStrangers({ log, now = Date.now }: HalftoneOptions): (req: IncomingMessage) => void {
  let next = 0
  let untold = 0
  return (req) => {
    untold++
    if (now() < next) return
    next = now() + pauseMs
    const secret = showsSecret(req) ? 'wrong' : 'missing'
    const line = {
      address: req.socket.remoteAddress,
      secret,
      requests: untold,
      setting: 'HALFTONE_TIER_SECRET',
    }
    log.error(line, 'a request without the tier secret was refused')
    untold = 0
  }
}
