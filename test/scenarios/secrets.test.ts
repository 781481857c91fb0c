/** Planted secrets are looked for in everything that ClawLink answers, logs and stores. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { everythingOf, writtenForms } from '../kit/scan.ts'
import { letter, payment } from './tools.ts'

const planted = 'sbx_Planted+Secret/With"Every\\Kind~Of=Sign'
const refusedSecret = 'sbx_RefusedSecret4711'
const callTimeoutMs = 20_000

const faults: Fault[] = [
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403, body: { error: { message: `Bearer ${planted} is not allowed` } } },
  { kind: 'status', status: 422, body: { error: { fields: [{ field: planted, message: planted }] } } },
  { kind: 'status', status: 200, body: { echo: planted, nested: [[{ [planted]: `Bearer ${planted}` }]] } },
  { kind: 'status', status: 200, headers: { 'content-type': 'text/plain' }, body: `key=${planted}` },
  { kind: 'status', status: 500, body: { error: planted } },
  { kind: 'ok_error', error: `no such key: ${planted}` },
  { kind: 'rate_limit', retryAfter: 0 },
  { kind: 'redirect', location: `http://10.0.0.1/?key=${encodeURIComponent(planted)}` },
  { kind: 'redirect', location: `ftp://${encodeURIComponent(planted)}@files.example/` },
  { kind: 'html' },
  { kind: 'invalid_json' },
  { kind: 'close_before_read' },
  { kind: 'close_after_read' },
  { kind: 'close_mid_body' },
  { kind: 'reset' },
  { kind: 'huge', bytes: 100_000 },
  { kind: 'gzip_bomb', bytes: 1_000_000 },
]

const callBoth = async (claw: TestClawLink, tool: string, args: Record<string, unknown>, extra = {}) => {
  await claw.call(tool, args, extra)
  await claw.mcp('tools/call', { name: 'clawlink_call_tool', arguments: { tool, arguments: args, ...extra } })
}

/** One of everything: every route, every tool of our own, every way to fail, with each kind of key. */
async function useEverything(claw: TestClawLink): Promise<void> {
  const { sandbox } = claw
  const [{ id }] = (await claw.rest('GET', '/connections')).body.items as [{ id: string }] // as documented
  for (const fault of faults) {
    for (const [tool, args] of [
      ['sandbox_whoami', {}],
      ['sandbox_send_message', letter],
      ['sandbox_create_payment', payment],
    ] as const) {
      sandbox.script({ ...fault, times: 2 })
      await callBoth(claw, tool, args)
      sandbox.clearFaults()
      claw.clock.move(60_000)
      // One that was refused as a whole is well again.
      await claw.rest('POST', `/connections/${id}/check`)
    }
  }
  sandbox.script({ kind: 'hang' })
  sandbox.takeRequests()
  const hanging = claw.call('sandbox_whoami')
  await sandbox.received(1)
  claw.clock.move(callTimeoutMs)
  await hanging

  await callBoth(claw, 'sandbox_list_issues', { project: 'website', per_page: 1 })
  await callBoth(claw, 'sandbox_get_message', { id: '..' })
  await callBoth(claw, 'sandbox_nothing', {})
  await callBoth(claw, 'sandbox_whoami', {}, { connection: 'nothing' })
  await callBoth(claw, 'sandbox_whoami', {}, { next: 'nothing' })
  for (const body of [{ arguments: letter }, { arguments: {} }, { nothing: planted.length }])
    await claw.rest('POST', '/tools/sandbox_send_message/preview', { body })
  for (const path of ['/health', '/whoami', '/providers', '/tools?q=mail', '/tools/sandbox_whoami', '/usage?limit=200'])
    await claw.rest('GET', path)
  const { body } = await claw.rest('GET', '/connections')
  for (const { id } of body.items as { id: string }[]) await claw.rest('GET', `/connections/${id}`) // as documented
  for (const method of ['tools/list', 'resources/list', 'prompts/list', 'nothing']) await claw.mcp(method, {})
  for (const name of ['clawlink_whoami', 'clawlink_list_connections', 'clawlink_nothing'])
    await claw.mcp('tools/call', { name, arguments: {} })
  await claw.mcp('tools/call', {
    name: 'clawlink_preview_tool',
    arguments: { tool: 'sandbox_send_message', arguments: letter },
  })

  const add = (secret: string, extra = {}) =>
    claw.rest('POST', '/connections', { body: { provider: 'sandbox', secret, ...extra } })
  await add(refusedSecret)
  await add(planted)
  await add(planted, { label: 'again' })
  await add(planted, { label: 'once more', nothing: true })
  for (const fault of faults) {
    sandbox.script(fault)
    await add(planted)
    sandbox.clearFaults()
  }
  sandbox.script({ kind: 'status', status: 200, body: { id: planted, email: planted } })
  await add(planted)
  await claw.rest('DELETE', '/connections/again')
}

test('no secret comes out in an answer, a log, a row or a file', async () => {
  await using claw = await startClawLink({
    config: { callTimeoutMs, answerBytesMax: 64 * 1024 },
    sandbox: { apiKey: planted },
  })
  const expired = await claw.newKey({ expiresInMs: 1 })
  await claw.rest('GET', '/whoami', { key: expired })
  await useEverything(claw)
  const secrets = { 'the credential': planted, 'a refused credential': refusedSecret, 'the key': claw.key, expired }
  for (const [place, text] of await everythingOf(claw)) {
    for (const [name, secret] of Object.entries(secrets)) {
      for (const form of writtenForms(secret)) {
        const at = text.indexOf(form)
        const around = at === -1 ? '' : `${name} is in ${place}: ${text.slice(Math.max(0, at - 200), at + 100)}`
        expect(around).toBe('')
      }
    }
  }
})

test('a key that is given for the name of a tool by mistake is not recorded', async () => {
  await using claw = await startClawLink()
  await callBoth(claw, claw.key, {})
  expect(await claw.rows('usage')).toMatchObject([{ tool: 'cllk_live_???' }, { tool: 'cllk_live_???' }])
  expect(JSON.stringify(await claw.rows('usage')) + claw.logged()).not.toContain(claw.key)
})

test('a sealed credential is in its own table alone, and what opens it is in the key ring file alone', async () => {
  await using claw = await startClawLink()
  await claw.call('sandbox_whoami')
  await claw.rest('GET', '/connections')
  const sealed = String((await claw.rows('credentials'))[0]?.sealed)
  const ring: { keys: unknown } = JSON.parse(readFileSync(claw.app.config.keyringFile, 'utf8'))
  const keys = JSON.stringify(ring.keys).match(/[A-Za-z0-9+/_-]{40,}/g) ?? []
  expect(keys.length).toBeGreaterThanOrEqual(1)
  for (const [place, text] of await everythingOf(claw)) {
    const ofRing = place.endsWith('keyring.json')
    const ofDatabase = place === 'the table credentials' || place.includes('clawlink.sqlite')
    if (!ofDatabase) expect([place, text.includes(sealed)]).toEqual([place, false])
    if (!ofRing) for (const key of keys) expect([place, text.includes(key)]).toEqual([place, false])
  }
})

test('the scan finds what it looks for', async () => {
  await using claw = await startClawLink()
  claw.app.log.info({ note: Buffer.from(planted).toString('base64') }, 'planted')
  await claw.rest('GET', '/nothing/sbx_Found')
  const places = await everythingOf(claw)
  const holds = (place: string, secret: string) => writtenForms(secret).some(form => places.get(place)?.includes(form))
  expect(holds('the log', planted)).toBe(true)
  expect(holds('the answers', 'sbx_Found')).toBe(true)
  expect(holds('the table connections', 'mara@fernhollow.example')).toBe(true)
  expect([...places.keys()]).toEqual(
    expect.arrayContaining(['the table usage', 'the table keys', 'the table credentials']),
  )
})

describe('the log', () => {
  test('blanks a key, a bearer token and a secret, wherever they come into a line', async () => {
    await using claw = await startClawLink()
    const { log } = claw.app
    log.info({ secret: new Secret(planted), deep: { deeper: { secret: new Secret(planted) } } }, 'fields')
    log.error({ err: new Error(`the key ${claw.key} and Bearer ${planted.slice(4, 18)}`) }, 'an error')
    log.warn({ headers: { authorization: `Bearer ${claw.key}` }, apiKey: planted, body: planted }, 'names')
    log.info({ url: `/x?key=${claw.key}` }, `Basic ${Buffer.from(planted).toString('base64')}`)
    const text = claw.logged()
    for (const secret of [planted, planted.slice(4, 18), claw.key, Buffer.from(planted).toString('base64')]) {
      expect(text).not.toContain(secret)
    }
    expect(text).toContain('an error')
  })
})
