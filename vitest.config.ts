import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A condition that is waited for costs nothing when it comes soon, and a busy machine should not fail it.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/summary.ts'],
  },
})
