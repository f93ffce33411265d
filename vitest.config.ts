import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    reporters: ['default', './test/support/plain-summary.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers: '100%',
          include: ['test/{unit,contract,golden,property}/**/*.test.ts', 'test/*.test.ts'],
          // Nothing takes a second on a quiet machine; on a busy one a start of Node can.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file boots its own kernel; two at a time is what a small machine carries.
          maxWorkers: 2,
        },
      },
    ],
  },
})
