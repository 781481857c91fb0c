import { startVitest, type TestModule, type Vitest } from 'vitest/node'

export interface TestCount {
  passed: number
  failed: number
  skipped: number
}

/**
 * Runs all tests and prints how it went. A test file that fails outside of its tests, an error that no test caught, and
 * a test that did not get to run each count as one failed test.
 * @param root folder of vitest.config.ts
 */
export async function runTests(root: string): Promise<TestCount> {
  const reporter = process.stdout.isTTY ? 'default' : 'minimal'
  const vitest = await startVitest([], { root, run: true, watch: false, reporters: [reporter] })
  const count = sum(vitest)
  await vitest.close()
  return count
}

function sum(vitest: Vitest): TestCount {
  const count = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: 0 }
  for (const module of vitest.state.getTestModules()) {
    const states = [...module.children.allTests()].map(test => test.result().state)
    for (const state of states) count[state === 'pending' ? 'failed' : state] += 1
    if (failedOutsideTests(module, states)) count.failed += 1
  }
  return count
}

function failedOutsideTests(module: TestModule, states: string[]): boolean {
  return module.state() === 'failed' && !states.includes('failed')
}
