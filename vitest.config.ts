import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const common = {
  testTimeout: 120_000,
  hookTimeout: 300_000,
  // Vite keeps BASE_URL for itself; system tests take the deployed stage they are pointed at from here.
  env: { SYSTEM_URL: process.env.BASE_URL ?? '' },
};

/**
 * The files of a project share their workers, and with them what those have imported: Zod's messages are set for a
 * whole process, so that code for Lambda and code for this machine do not share any. Vitest takes the projects in the
 * order of their names, and the longest files have to begin first.
 */
const project = (name: string, include: readonly string[], exclude: readonly string[] = []) => ({
  test: {
    ...common,
    name,
    isolate: false,
    include: [...include],
    exclude: ['**/node_modules/**', ...exclude],
  },
});
const lambda = [
  'test/unit/functions/**/*.test.ts',
  'test/unit/plugins/**/*.test.ts',
  'test/unit/refusals.test.ts',
  'test/contract/**/*.test.ts',
  'test/model/**/*.test.ts',
  // The test that a scaffolded plugin begins with.
  'infra/cli/template/test/unit/**/*.test.ts',
];
const systems = [
  'test/system/**/*.test.ts',
  'test/browser/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'infra/cli/template/test/system/**/*.test.ts',
];

export default defineConfig({
  test: {
    ...common,
    globalSetup: 'test/support/temporary.ts',
    // A file often waits: for processes that it started, and for locks to expire.
    maxWorkers: availableParallelism() + 1,
    // A worker that has run many files takes their processes and folders away when it ends.
    teardownTimeout: 60_000,
    projects: [
      project('end-to-end', systems),
      project('infra', ['test/**/*.test.ts'], [...systems, ...lambda]),
      project('lambda', lambda),
    ],
    coverage: {
      provider: 'v8',
      include: ['functions/**', 'plugins/**'],
      exclude: ['**/*.md', '**/*.json'],
      thresholds: { lines: 90 },
    },
  },
});
