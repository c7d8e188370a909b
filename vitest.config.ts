import { defineConfig } from 'vitest/config'

/**
 * What is pure, or needs no more than a socket and a temporary folder: `npm run test:fast`, in under a minute and a half.
 * The rest starts servers and browsers, kills processes, or encodes pictures until they are as small as they can be.
 */
const fast = [
  'accounts',
  'cache',
  'config',
  'edge',
  'house',
  'http',
  'shield',
  'tracing',
  'transforms',
  'wire',
].map((folder) => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 25_000 } },
    reporters: ['default', './test/summary.ts'],
    projects: [
      { extends: true, test: { name: 'fast', include: fast } },
      {
        extends: true,
        test: {
          name: 'thorough',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...fast],
          // Their servers and encoders take what they take where every core is busy; what comes soon costs nothing.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 120_000 } },
        },
      },
    ],
  },
})
