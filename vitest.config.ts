import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/temporary.ts',
    // Much of the suite waits for processes that it started, so that a worker for every core is not too many.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Vite keeps BASE_URL for itself; system tests take the deployed stage they are pointed at from here.
    env: { SYSTEM_URL: process.env.BASE_URL ?? '' },
    coverage: {
      provider: 'v8',
      include: ['functions/**', 'plugins/**'],
      exclude: ['**/*.md', '**/*.json'],
      thresholds: { lines: 90 },
    },
  },
});
