// A vitest reporter of one line, `12 passed, 0 failed`, for whatever reads the end of a build log.

import type {Reporter, TestModule} from 'vitest/node'

export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = {passed: 0, failed: 0, skipped: 0}
    for (const module of modules) {
      // A file that failed before its tests (a syntax error, a broken hook) is a failure too.
      if (module.errors().length > 0) count.failed++
      for (const test of module.children.allTests()) {
        const {state} = test.result()
        if (state !== 'pending') count[state]++
      }
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
    console.log(`\n${count.passed} passed, ${count.failed} failed${skipped}`)
  }
}
