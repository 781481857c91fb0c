/**
 * `npm test`: the checks, then all tests, then one plain line with the sum. `npm test -- …` runs vitest with those
 * arguments and nothing else.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const args = process.argv.slice(2)
const root = join(import.meta.dirname, '..')

if (args.length > 0) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit' })
  process.exitCode = status ?? 1
} else {
  // Decided before vitest is loaded, which colours what goes into files and pipes too.
  if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1'
  const { runChecks } = await import('./checks.ts')
  const { runTests } = await import('./run-tests.ts')
  const startedAt = performance.now()
  const checks = await runChecks()
  const tests = await runTests(root)
  const passed = checks.passed + tests.passed
  const failed = checks.failed + tests.failed
  const ran = tests.passed + tests.failed > 0
  if (!ran) console.log('no test ran')
  console.log(`took ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
  console.log(`${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`)
  process.exitCode = failed > 0 || !ran ? 1 : 0
}
