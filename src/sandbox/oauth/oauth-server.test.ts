import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ask, startStill } from '../test-client.ts'
import { connect, refresh, verifier } from './test-client.ts'

const run = promisify(execFile)

test('faults meet token requests: refused, spoiled after taking effect, late, and hung', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const match = { method: 'POST', path: '/oauth/token' }
  const { refresh_token } = await connect(sandbox)

  sandbox.script({ kind: 'status', status: 500, match })
  expect((await refresh(sandbox, refresh_token)).status).toBe(500)
  sandbox.script({ kind: 'close_after_read', match })
  await expect(refresh(sandbox, refresh_token)).rejects.toThrow()
  const again = (await refresh(sandbox, refresh_token)).json
  expect(again.refresh_token).toEqual(expect.any(String))
  expect(sandbox.chains()).toBe(1)

  sandbox.script({ kind: 'slow', ms: 40, match })
  const before = performance.now()
  const late = (await refresh(sandbox, again.refresh_token)).json
  expect(performance.now() - before).toBeGreaterThan(35)
  sandbox.script({ kind: 'close_mid_body', match })
  await expect(refresh(sandbox, late.refresh_token)).rejects.toThrow()

  sandbox.script({ kind: 'hang', match }, { kind: 'hang', match, applied: true })
  sandbox.takeRequests()
  const hung = [refresh(sandbox, 'one'), refresh(sandbox, 'two')].map(each => each.catch(() => 'ended'))
  await sandbox.received(2)
  await sandbox.stop()
  expect(await Promise.all(hung)).toEqual(['ended', 'ended'])
})

test('the log holds token requests with all that they carried, and refreshes can be counted', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const told = await connect(sandbox)
  await refresh(sandbox, told.refresh_token)
  await refresh(sandbox, 'wrong')
  expect(sandbox.refreshes().map(({ status }) => status)).toEqual([200, 400])
  expect(sandbox.refreshes()[0]?.body).toContain(`client_secret=sandbox-app-secret`)
  expect(sandbox.refreshes()[0]?.body).toContain(told.refresh_token)
  const redeemed = sandbox.requests.find(({ body }) => body.includes('grant_type=authorization_code'))
  expect(redeemed?.body).toContain(`code_verifier=${verifier}`)
})

test('all grants can be ended, access tokens alone too, in process and over HTTP', async () => {
  await using world = await startStill()
  const { sandbox } = world
  const told = await connect(sandbox)
  const status = async (key: string) => (await ask(sandbox, '/me', { key })).status
  sandbox.expireAccessTokens()
  expect(await status(told.access_token)).toBe(401)
  const next = (await refresh(sandbox, told.refresh_token)).json
  expect(await status(next.access_token)).toBe(200)
  await ask(sandbox, '/_sandbox/expire-access-tokens', { method: 'POST' })
  expect(await status(next.access_token)).toBe(401)
  expect((await ask(sandbox, '/_sandbox/chains')).json).toEqual({ chains: 1 })
  await ask(sandbox, '/_sandbox/revoke-grants', { method: 'POST' })
  expect(sandbox.chains()).toBe(0)
  expect((await refresh(sandbox, next.refresh_token)).json.error).toBe('invalid_grant')

  const again = await connect(sandbox)
  sandbox.reset()
  expect(await status(again.access_token)).toBe(401)
  expect(sandbox.chains()).toBe(0)
})

test('paths that are not there are 404', async () => {
  await using world = await startStill()
  for (const path of ['/oauth/nothing', '/oauth', '/odd/nothing'])
    expect((await ask(world.sandbox, path, { key: '' })).status).toBe(404)
})

test('what the OAuth server runs on is loaded with its first request and not before', async () => {
  const program = `
    import { createRequire } from 'node:module'
    import { startSandbox } from ${JSON.stringify(new URL('../start.ts', import.meta.url).href)}
    const isLoaded = () => Object.keys(createRequire('/').cache).some(path => path.includes('koa'))
    const sandbox = await startSandbox()
    const before = isLoaded()
    await fetch(sandbox.url + '/oauth/token', { method: 'POST' })
    console.log(before, isLoaded())
    await sandbox.stop()`
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', program])
  expect([stdout.trim(), stderr]).toEqual(['false true', ''])
})
