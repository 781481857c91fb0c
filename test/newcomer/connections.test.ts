/** Connections and OAuth apps on the command line, in a home of their own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { type TempHome, tempHome } from './temp-home.ts'

let home: TempHome
let sandbox: Sandbox
let place: string[]
beforeAll(async () => {
  home = tempHome()
  sandbox = await startSandbox({ now: Date.now })
  place = ['--base-urls', `sandbox=${sandbox.url}`]
})
afterAll(async () => {
  await sandbox.stop()
  home[Symbol.dispose]()
})

describe('connections', () => {
  test('are added from JSON fields, listed with their state, changed and removed', async () => {
    const input = JSON.stringify({ secret: sandbox.apiKey })
    const added = await home.json(['connections', 'add', 'sandbox', ...place], { input })
    const { stdout } = await home.run(['connections', 'list'])
    expect(stdout).toMatch(/^ID +PROVIDER +LABEL +ACCOUNT +FOR +STATE +DEFAULT\nconn_\S+ +sandbox .* live +healthy +\n/)
    const changed = await home.run(['connections', 'change', String(added.id), '--label', 'work', '--default'])
    expect(changed.stdout).toBe(`${added.id} is called work and is the default.\n`)
    expect(await home.json(['connections', 'change', 'work', '--no-default'])).toMatchObject({ isDefault: false })
    expect((await home.run(['connections', 'change', 'work'])).stderr).toContain('There is nothing to change.')
    expect((await home.run(['connections', 'remove', 'work'])).stdout).toContain('Removed conn_')
    expect((await home.json(['connections', 'list'])).items).toEqual([])
  })

  test('can refer to a secret that is kept elsewhere', async () => {
    const add = ['connections', 'add', 'sandbox', '--secret-ref', 'env:SANDBOX', ...place]
    const refused = await home.run(add)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('The variable CLAWLINK_SECRET_SANDBOX is not set.')
    const env = { CLAWLINK_SECRET_SANDBOX: sandbox.apiKey }
    expect(await home.json(add, { env })).toMatchObject({ secretRef: 'env:SANDBOX', state: 'healthy' })
    const call = await home.json(['tools', 'call', 'sandbox_whoami', ...place], { env })
    expect(call).toMatchObject({ outcome: 'succeeded' })
  })

  test('of several fields ask for JSON, and of OAuth for a browser', async () => {
    const several = await home.run(['connections', 'add', 'twilio'], { input: 'planted' })
    expect(several.stderr).toContain('Several fields are needed: account_sid, secret.')
    expect(several.stderr).not.toContain('planted')
    const browser = await home.run(['connections', 'add', 'gmail'])
    expect(browser.stderr).toContain('/connections?connect=gmail')
  })
})

test('OAuth apps are added by id and secret or by file, listed and removed', async () => {
  const added = await home.run(['oauth-apps', 'add', 'microsoft', '--client-id', 'm1'], { input: 'planted-secret\n' })
  expect(added.stdout).toMatch(/^Added the OAuth app .+ \(oapp_\w+\)\.\n$/)
  const file = join(home.path, 'client.json')
  writeFileSync(file, JSON.stringify({ web: { client_id: 'g1', client_secret: 'planted-secret' } }))
  const imported = await home.json(['oauth-apps', 'add', 'google', '--file', file, '--label', 'mine', '--default'])
  expect(imported).toMatchObject({ clientId: 'g1', label: 'mine', isDefault: true, warnings: [expect.any(String)] })
  const listed = await home.run(['oauth-apps', 'list'])
  expect(listed.stdout).toMatch(/^ID +FOR +LABEL +CLIENT ID +CONNECTIONS +DEFAULT\n/)
  expect(listed.stdout + added.stdout).not.toContain('planted')
  expect((await home.run(['oauth-apps', 'remove', 'mine'])).stdout).toContain('Removed oapp_')
  expect((await home.json(['oauth-apps', 'list'])).items).toMatchObject([{ registration: 'microsoft' }])
  expect((await home.run(['oauth-apps', 'add', 'nothing'])).stderr).toContain('Possible: ')
  expect((await home.run(['oauth-apps', 'add', 'google'])).stderr).toContain('Give --client-id <id>, or --file <path>')
  expect((await home.run(['audit', 'list'])).stdout).not.toMatch(/: (,|$)/m)
})
