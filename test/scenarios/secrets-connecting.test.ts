/** Nothing that connecting gives into our hands comes out again: it is looked for in all that is answered, logged and stored. */
import { expect, test } from 'vitest'
import { checkConnection } from '../../src/connections/check-connection.ts'
import { openCredential } from '../../src/connections/open-credential.ts'
import { Fault } from '../../src/core/errors.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { askForLink, comeBack, connectByOAuth, decide, onPage, tokenForms, toProvider } from '../kit/connecting.ts'
import { signUp } from '../kit/person.ts'
import { everythingOf, writtenForms } from '../kit/scan.ts'

const hourMs = 60 * 60_000
const pasted = 'sbx_PastedRight/4711+With"Quotes'
const mispasted = 'sbx_PastedWrong/4712'
const appSecret = 'app-Secret/4713+x'
/** Of the app that the connector brings: what the provider is sent, and repeats. */
const builtInSecret = 'sandbox-app-secret'
const faults = [
  { kind: 'status', status: 500, body: { error: 'server_error' } },
  { kind: 'status', status: 400, body: { error: 'invalid_client', error_description: `it is not ${builtInSecret}` } },
  { kind: 'html' },
  { kind: 'redirect', location: 'http://10.0.0.1/' },
  { kind: 'close_after_read' },
] as const

/** Every secret text that came by at the provider or is in the vault now, with the name of what it is. */
async function secretsOf(claw: TestClawLink): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const form of tokenForms(claw)) {
    for (const name of ['code', 'code_verifier', 'refresh_token', 'client_secret', 'device_code'])
      if (form[name]) found.set(form[name], `a ${name}`)
  }
  for (const row of await claw.app.db.read.selectFrom('credentials').selectAll().execute()) {
    const credential = openCredential(claw.app, row)
    if (credential instanceof Fault) throw new Error(credential.message)
    for (const secret of credential.secrets()) found.set(secret, `a part of version ${row.version}`)
  }
  return found
}

test('no token, code, verifier, app secret or pasted key comes out in an answer, a log, a row or a file', async () => {
  await using claw = await startClawLink({ connected: false, sandbox: { apiKey: pasted, accessTtlS: 3600 } })
  const { sandbox, app, clock } = claw
  const ada = await signUp(claw)
  const secrets = new Map([
    [pasted, 'the pasted key'],
    [mispasted, 'a key that was refused'],
    [appSecret, 'the secret of an OAuth app'],
    [builtInSecret, 'the secret of the app that comes with it'],
  ])
  const remember = async () => {
    for (const [secret, name] of await secretsOf(claw)) secrets.set(secret, name)
  }

  for (const way of ['oauth2', 'odd'])
    await connectByOAuth(claw, ada, await askForLink(claw, { label: way }), { body: { way } })
  await remember()
  for (const fields of [{ secret: mispasted }, { secret: `${mispasted}\r\nx: y` }, { secret: pasted }]) {
    const id = await askForLink(claw, { label: 'key' })
    await onPage(ada, id, 'open')
    await onPage(ada, id, 'submit', { way: 'api_key', fields })
  }
  const device = await askForLink(claw, { label: 'device' })
  await onPage(ada, device, 'open')
  await onPage(ada, device, 'device', { way: 'device' })
  await onPage(ada, device, 'device/poll', {})

  const registered = { registration: 'sandbox', clientId: 'own-app', clientSecret: appSecret }
  const added = await ada.rest('POST', '/oauth-apps', { body: registered })
  expect(added.status).toBe(201)
  await ada.rest('GET', '/oauth-apps')
  await connectByOAuth(claw, ada, await askForLink(claw, { label: 'refused' }), {
    body: { oauthApp: added.body.id },
  }).catch(() => {}) // the sandbox does not know this app

  for (const fault of faults) {
    const id = await askForLink(claw, { label: 'faults' })
    const back = await decide(await toProvider(ada, id, { oauthApp: '' }))
    sandbox.script({ ...fault, match: { path: '/oauth/token' } })
    await comeBack(claw, back, ada.cookie)
    await comeBack(claw, back, ada.cookie)
    sandbox.clearFaults()
    await ada.rest('GET', `/connect-sessions/${id}`)
    await remember()
  }

  // Renewed twice, once with trouble; then ended for good, asked about, and removed.
  for (const fault of [undefined, ...faults]) {
    clock.move(2 * hourMs)
    if (fault)
      sandbox.script({ ...fault, match: { path: '/oauth/token' } }, { ...fault, match: { path: '/odd/token' } })
    for (const connection of ['oauth2', 'odd', 'key']) await claw.call('sandbox_whoami', {}, { connection })
    sandbox.clearFaults()
    await remember()
  }
  sandbox.revokeGrants()
  const { body } = await claw.rest('GET', '/connections')
  for (const { id } of body.items as { id: string }[]) {
    // as documented
    await checkConnection(app, { id })
    await ada.rest('GET', `/connections/${id}`)
    await ada.rest('GET', `/connections/${id}/affected`)
    await ada.rest('DELETE', `/connections/${id}`)
  }
  for (const path of ['/audit', '/events', '/usage', '/providers/sandbox', '/oauth-apps/registrations'])
    await ada.rest('GET', path)

  expect([...new Set(secrets.values())].sort()).toEqual(
    expect.arrayContaining(['a code', 'a code_verifier', 'a refresh_token', 'a part of version 2']),
  )
  expect(secrets.size).toBeGreaterThan(20)
  const everything = await everythingOf(claw)
  const leaks: string[] = []
  for (const [place, text] of everything) {
    for (const [secret, name] of secrets) {
      for (const form of writtenForms(secret)) {
        const at = text.indexOf(form)
        if (at >= 0) leaks.push(`${name} is in ${place}: ${text.slice(Math.max(0, at - 200), at + 100)}`)
      }
    }
  }
  expect(leaks).toEqual([])
})
