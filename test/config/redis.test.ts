import { describe, expect, test } from 'vitest'
import { type RedisConfig, redisIn } from '../../config/redis.ts'
import { makeConfig } from '../../config.ts'

const host = (name: string, port: number) => ({ host: name, port })

describe('the address of Redis', () => {
  test.each<[string, RedisConfig]>([
    ['redis://cache', { kind: 'single', nodes: [host('cache', 6379)], database: 0, hasTls: false }],
    [
      'rediss://ann:s%40y@cache:7000/3',
      {
        ...{ kind: 'single', nodes: [host('cache', 7000)], database: 3, hasTls: true },
        ...{ user: 'ann', password: 's@y' },
      },
    ],
    [
      'redis://:word@[::1]:7000?db=2',
      { kind: 'single', nodes: [host('::1', 7000)], database: 2, hasTls: false, password: 'word' },
    ],
    [
      'redis-sentinel://a,b:7000/main?db=1',
      {
        ...{ kind: 'sentinel', nodes: [host('a', 26_379), host('b', 7000)], master: 'main' },
        ...{ database: 1, hasTls: false },
      },
    ],
    [
      'rediss-cluster://a:1,b:2',
      { kind: 'cluster', nodes: [host('a', 1), host('b', 2)], database: 0, hasTls: true },
    ],
  ])('%s', (written, read) => {
    expect(redisIn(written)).toEqual(read)
  })

  test.each([
    'cache:6379',
    'http://cache',
    'redis://',
    'redis://a,b',
    'redis://a/pictures',
    'redis://a:66000',
    'redis-sentinel://a:1',
    'redis-cluster://a:1/3',
    'redis-cluster://a:1?db=3',
    'redis://ann:100%@a',
  ])('refuses %s', (written) => {
    expect(redisIn(written)).toBeUndefined()
  })

  test('is never repeated in a fault, for it may hold a password', () => {
    const make = () => makeConfig({}, { HALFTONE_REDIS: 'redis://ann:very-secret@a/b/c' })
    expect(make).toThrow('HALFTONE_REDIS: expected an address')
    expect(make).not.toThrow('very-secret')
  })
})
