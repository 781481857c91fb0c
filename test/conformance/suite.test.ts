/** The official conformance suite of the Model Context Protocol against the real product, in both eras. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type KeyProxy, startKeyProxy } from '../kit/key-proxy.ts'
import { type ProgramEnd, runProgram } from '../kit/run-program.ts'

let clawlink: TestClawLink
let proxy: KeyProxy

beforeAll(async () => {
  clawlink = await startClawLink()
  proxy = await startKeyProxy(clawlink.url, clawlink.key)
})

afterAll(async () => {
  await proxy?.stop()
  await clawlink?.stop()
})

const suite = (path: string, ...args: string[]) =>
  runProgram('@modelcontextprotocol/conformance/dist/index.js', ['server', '--url', proxy.url + path, ...args])

/** The part of the suite's report that says what passed and what did not. */
function summaryOf({ stdout, stderr }: ProgramEnd): string {
  const at = stdout.search(/=== SUMMARY ===|Test Results:/)
  return at < 0 ? `${stdout}\n${stderr}` : stdout.slice(at)
}

describe('the official MCP conformance suite', () => {
  test.for(['2026-07-28', '2025-11-25'])(
    'passes revision %s but for the checks that its baseline explains',
    async revision => {
      const baseline = join(import.meta.dirname, `baseline-${revision}.yml`)
      const end = await suite('/mcp', '--requirements', revision, '--expected-failures', baseline)
      expect(end.exitCode, summaryOf(end)).toBe(0)
      expect(summaryOf(end)).toContain('Baseline check passed')
    },
  )

  test('passes the validation of request headers, which no revision scores yet', async () => {
    const end = await suite('/mcp', '--scenario', 'http-header-validation')
    expect(summaryOf(end)).toMatch(/Passed: (\d+)\/\1, 0 failed, 0 warnings/)
  })

  test('passes for the tools of one provider too', async () => {
    const end = await suite('/mcp?provider=github', '--scenario', 'tools-list')
    expect(summaryOf(end)).toMatch(/Passed: (\d+)\/\1, 0 failed, 0 warnings/)
  })
})
