/**
 * The official conformance suite against our authorization server: all of its scenarios for one. Where it asks for a person
 * to open a URL and agree, one does.
 */
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openBrowser } from '../kit/browser.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { freePort } from '../kit/free-port.ts'
import { approve, register } from '../kit/oauth-client.ts'

const script = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js')

type Check = { id: string; status: string; errorMessage?: string }

/** Runs `conformance authorization` and gives what it checked; `agree` gets the URL that it wants opened. */
async function runSuite(args: readonly string[], agree: (url: string) => Promise<unknown>) {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-authorization-'))
  try {
    const program = spawn(process.execPath, [script, 'authorization', '-o', folder, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    let agreeing: Promise<unknown> | undefined
    program.stdout.on('data', piece => {
      said += piece
      const url = /^http\S+\/oauth\/authorize\?\S+$/m.exec(said)?.[0]
      if (url && said.includes('Callback server started')) agreeing ??= agree(url)
    })
    const ended = new Promise<number | null>((end, fail) => program.on('close', end).on('error', fail))
    const [exitCode, stderr] = await Promise.all([ended, text(program.stderr)])
    await agreeing
    const files = globSync('**/checks.json', { cwd: folder })
    const checks: Check[] = files.flatMap(file => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    const results = Object.fromEntries(checks.map(({ id, status }) => [id, status]))
    return { exitCode, results, said: `${said}\n${stderr}` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function suiteOn(claw: TestClawLink, ...more: string[]) {
  const browser = await openBrowser(claw)
  const port = await freePort()
  const { body } = await register(claw, {
    client_name: 'Conformance',
    redirect_uris: [`http://127.0.0.1:${port}/callback`],
    token_endpoint_auth_method: 'none',
  })
  const args = ['--url', claw.url, '--client-id', String(body.client_id), '-p', String(port)]
  return runSuite([...args, '--resource', `${claw.url}/mcp`, ...more], async url => {
    const uid = (await browser.visit(url)).location.split('/').at(-1) ?? ''
    await fetch(await approve(browser, { uid }, claw.app.workspaceId))
  })
}

const passed = { 'authorization-server-metadata': 'SUCCESS', 'authorization-code-grant': 'SUCCESS' }
const byDocument = 'authorization-server-metadata-cimd'

test.for(['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'])(
  'the official conformance suite finds nothing wrong with the authorization server, revision %s',
  async revision => {
    await using claw = await startClawLink({ config: { clientDocuments: true } })
    const { exitCode, results, said } = await suiteOn(claw, '--spec-version', revision)
    expect(exitCode, said).toBe(0)
    expect(results, said).toMatchObject(passed)
    expect(new Set(Object.values(results))).toEqual(new Set(['SUCCESS']))
  },
)

// It recommends documents of clients (CIMD), which ClawLink fetches only where its owner lets it.
test('as it is delivered, its one warning is that clients cannot name themselves by a document', async () => {
  await using claw = await startClawLink()
  const { exitCode, results, said } = await suiteOn(claw)
  expect(exitCode, said).toBe(0)
  expect(results, said).toEqual({ ...passed, [byDocument]: 'WARNING' })
})
