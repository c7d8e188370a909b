// The settings of many nodes that are one CDN: Redis, and how the others reach this process.
import { z } from 'zod'
import { duration, httpUrl, list, text } from './kinds.ts'
import { redis } from './redis.ts'
import { setting } from './setting.ts'

export const clusterSettings = {
  redis: setting(
    'HALFTONE_REDIS',
    redis(),
    '',
    'Redis, through which processes know of each other: redis://user:password@host:6379/0, redis-sentinel://host:26379,host:26379/master, redis-cluster://host:7000,host:7001; rediss… with TLS. Nothing for processes that know each other by settings alone.',
  ),
  redisPrefix: setting(
    'HALFTONE_REDIS_PREFIX',
    text().regex(/^[\w.-]{1,64}$/, {
      error: 'expected 1 to 64 letters, digits, dots, dashes or underscores',
    }),
    'halftone',
    'What the names of all keys in Redis begin with: one CDN, one prefix.',
  ),
  redisMs: setting(
    'HALFTONE_REDIS_TIMEOUT',
    duration(),
    '100ms',
    'How long Redis may take to answer. After that this process goes on alone, until it answers again.',
  ),
  apis: setting(
    'HALFTONE_APIS',
    list(httpUrl()),
    '',
    'Where there is no Redis: api processes that tell this one what was purged while it was away.',
  ),
  nginx: setting(
    'HALFTONE_NGINX',
    list(httpUrl()),
    '',
    'nginx in front that keep pictures, which are told of purges after all others.',
  ),
  self: setting(
    'HALFTONE_SELF',
    httpUrl().or(z.literal('')),
    '',
    'Where other processes reach this one, such as http://10.0.0.5:8080. Not set: HOST and PORT, or the name of the machine where HOST is all addresses.',
  ),
}
