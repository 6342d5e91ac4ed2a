import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Vite keeps BASE_URL for itself; system tests take the deployed stage they are pointed at from here.
    env: { SYSTEM_URL: process.env.BASE_URL ?? '' },
  },
});
