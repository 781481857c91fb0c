import { availableParallelism } from 'node:os'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { shareBundle } from './test/kit/bundled-cli.ts'
import { useMemoryDisk } from './test/kit/memory-disk.ts'
import { SlowFirst } from './test/kit/slow-first.ts'

useMemoryDisk()
shareBundle()

const timeouts = { testTimeout: 30_000, hookTimeout: 30_000, teardownTimeout: 10_000 }

/** Tests of whole flows, which run once on each database. */
const onBothDatabases = ['test/scenarios/**/*.test.ts', 'test/simulation/**/*.test.ts', 'test/database/**/*.test.ts']

export default defineConfig({
  test: {
    watch: false,
    // A project whose folder is still empty is no failure; `npm test` fails if no test ran at all.
    passWithNoTests: true,
    silent: 'passed-only',
    // Three even on two cores: many tests wait for processes and pages more than they work.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: SlowFirst },
    projects: [
      project('unit', ['src/**/*.test.ts', 'bench/**/*.test.ts', 'web/src/**/*.test.ts', 'test/checks/**/*.test.ts']),
      project('sqlite', onBothDatabases, { env: { CLAWLINK_TEST_DIALECT: 'sqlite' } }),
      project('postgres', onBothDatabases, {
        env: { CLAWLINK_TEST_DIALECT: 'postgres' },
        globalSetup: 'test/global-setup.ts',
      }),
      project('conformance', ['test/{conformance,clients,newcomer}/**/*.test.ts'], {
        env: { CLAWLINK_TEST_DIALECT: 'sqlite' },
      }),
      project('browser', ['test/browser/**/*.test.ts'], {
        env: { CLAWLINK_TEST_DIALECT: 'sqlite' },
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
    ],
  },
})

function project(
  name: string,
  include: string[],
  more: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration {
  // Files of one worker share their modules: loading all of ClawLink anew for each would take a third of the time.
  return { test: { name, include, environment: 'node', pool: 'forks', isolate: false, ...timeouts, ...more } }
}
