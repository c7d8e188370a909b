// The settings of limits: the rules, and whose word about a client's address counts.
import { z } from 'zod'
import { limits } from './limits.ts'
import { addressRules } from './parsed-kinds.ts'
import { setting } from './setting.ts'

export const limitSettings = {
  limits: setting(
    'HALFTONE_LIMITS',
    limits(),
    undefined,
    'How many requests are let through, per API key, per address and per source, and the plans of keys: an object in the configuration file, or JSON; see limits.md. Nothing for no limits.',
  ),
  trustedProxies: setting(
    'HALFTONE_TRUSTED_PROXIES',
    addressRules(),
    '',
    "Addresses (CIDR) of the proxies in front, whose word about the client's address counts. From all others it is passed over.",
  ),
  forwardedHeader: setting(
    'HALFTONE_FORWARDED_HEADER',
    z.enum(['x-forwarded-for', 'forwarded'], { error: 'expected x-forwarded-for or forwarded' }),
    'x-forwarded-for',
    'The header in which those proxies write it: x-forwarded-for or forwarded. The other one is never read, because a proxy hands it on as its client sent it.',
  ),
}
