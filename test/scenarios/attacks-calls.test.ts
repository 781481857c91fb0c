/** What an attacker, a stalled process or a revoked key would try on calls that go on by themselves, and on files. */
import { describe, expect, test } from 'vitest'
import { revokeKey } from '../../src/accounts/revoke-key.ts'
import { endTopic } from '../../src/calls/parked.ts'
import { Fault } from '../../src/core/errors.ts'
import { createFile } from '../../src/files/create-file.ts'
import { keepUntil } from '../../src/files/keep-until.ts'
import { removeFile } from '../../src/files/remove-file.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { upload } from '../kit/files.ts'
import { freePort } from '../kit/free-port.ts'
import { addMember } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { startWorkerElsewhere } from '../kit/parked.ts'

const webOnly = { config: { roles: ['web' as const] } }
const report = { tool: 'sandbox_start_report', arguments: { about: 'payments', seconds: 20 } }
const issue = { tool: 'sandbox_create_issue', arguments: { project: 'website', title: 'A broken door' } }
const kib = 1024

const turn = () => new Promise(resolve => setImmediate(resolve))

async function callId(claw: TestClawLink, { tool, arguments: args }: { tool: string; arguments: object }) {
  const { status, body } = await claw.rest('POST', `/tools/${tool}/calls`, { body: { arguments: args, wait: false } })
  expect(status, JSON.stringify(body)).toBe(202)
  return String(body.callId)
}

const rowOf = ({ app }: TestClawLink, id: string) =>
  app.db.read.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

async function inState(claw: TestClawLink, id: string, state: string) {
  while ((await rowOf(claw, id)).state !== state) await turn()
}

const jobs = (claw: TestClawLink, change: object) =>
  claw.app.db.write(tx => tx.updateTable('jobs').set(change).where('kind', '=', 'resume_call').execute())

/** As a tool whose work happens again each time it is asked for. */
function asWrite({ app }: { app: TestClawLink['app'] }) {
  const tool = app.catalog.tools.get(report.tool)
  if (tool) Object.assign(tool, { effect: 'write', idempotency: 'none' })
}

async function keyId({ app }: TestClawLink) {
  const { id } = await app.db.read.selectFrom('keys').select('id').orderBy('id').executeTakeFirstOrThrow()
  return id
}

describe('work that a provider has', () => {
  test('is unknown, never failed, when its workers die again and again', async () => {
    await using claw = await startClawLink(webOnly)
    asWrite(claw)
    const id = await callId(claw, report)
    {
      await using _ = await startWorkerElsewhere(claw)
      await inState(claw, id, 'submitted')
    }
    await jobs(claw, { state: 'waiting', run_at: 0, failures: 10, lease_until: 0 })
    await using other = await startWorkerElsewhere(claw)
    asWrite(other)
    await inState(claw, id, 'ended')
    expect((await claw.rest('GET', `/calls/${id}`)).body).toMatchObject({ problem: { outcome: 'unknown' } })
    expect(await claw.rows('usage')).toMatchObject([{ outcome: 'unknown', code: 'outcome_unknown' }])
  })

  test('stays ended for a worker that stood still while it was submitted and that another one took for dead', async () => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, report)
    claw.sandbox.script({ kind: 'slow', ms: 300, match: { method: 'POST' } })
    const slow = await startWorkerElsewhere(claw)
    asWrite(slow)
    await inState(claw, id, 'sending')
    await claw.sandbox.received(1)
    await jobs(claw, { lease_until: 0 })
    await using other = await startWorkerElsewhere(claw)
    asWrite(other)
    await inState(claw, id, 'ended')
    await slow[Symbol.asyncDispose]() // it waits for what it still does
    expect(await rowOf(claw, id)).toMatchObject({ state: 'ended' })
    expect(await claw.app.db.read.selectFrom('seals').select('id').where('id', '=', `${id}:job`).execute()).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([{ outcome: 'unknown' }])
  })

  test('is asked about by whoever knows the last part of its URL, whatever stands before or after it', async () => {
    const port = await freePort()
    const here = `http://127.0.0.1:${port}`
    await using claw = await startClawLink({
      config: { roles: ['web'], port, publicUrl: 'https://claw.example/behind' },
    })
    const asked = await fetch(`${here}/api/v1/tools/${report.tool}/calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${claw.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ arguments: report.arguments }),
    })
    const id = Object(await asked.json()).callId
    await using _ = await startWorkerElsewhere(claw)
    await inState(claw, id, 'submitted')
    const sent = claw.sandbox.requests.find(({ method }) => method === 'POST')
    const callback = String(JSON.parse(sent?.body ?? '{}').callback_url)
    expect(callback).toMatch(/^https:\/\/claw\.example\/behind\/hooks\/calls\/call_/)
    const token = callback.split('/').at(-1)
    const hook = async (path: string) => (await fetch(`${here}/hooks/calls/${path}`, { method: 'POST' })).status
    expect(await hook(`${id}/${token}?done=1`)).toBe(204)
    expect(await hook(`${id}/${'x'.repeat(43)}`)).toBe(404)
    expect(await hook(`${id}/${token}x`)).toBe(404)
    expect(await hook(`call_none/${token}`)).toBe(404)
  })
})

describe('a key that is revoked', () => {
  test('hears no more of its call from an open stream of events, least of all the answer', async () => {
    await using claw = await startClawLink()
    const id = await callId(claw, report)
    await inState(claw, id, 'submitted')
    const headers = { authorization: `Bearer ${claw.key}` }
    const answer = await fetch(`${claw.url}/api/v1/calls/${id}/events`, { headers })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toContain('event: progress')
    await revokeKey(claw.app.db, claw.clock.now(), { workspaceId: claw.app.workspaceId, id: await keyId(claw) })
    // Until then its process may remember the key.
    claw.clock.move(1_000)
    while ((await rowOf(claw, id)).state !== 'ended') {
      claw.clock.move(2_000)
      await turn()
    }
    let text = ''
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value
    expect(text).not.toContain('event: end')
    expect(text).not.toContain('total')
  })

  test('hears nothing of its call that it waited for when it was revoked', async () => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, issue)
    const waiting = claw.rest('GET', `/calls/${id}?wait=60`)
    while (!claw.app.wakes.listenerCount(endTopic(id))) await turn()
    await revokeKey(claw.app.db, claw.clock.now(), { workspaceId: claw.app.workspaceId, id: await keyId(claw) })
    claw.clock.move(60_000)
    expect(await waiting).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  })

  test('hears nothing over MCP either: waiting for a call ends with the key, not with the answer', async () => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, issue)
    const other = await claw.newKey()
    const waiting = claw.mcp('tools/call', { name: 'clawlink_get_call', arguments: { callId: id, wait: 60 } })
    while (!claw.app.wakes.listenerCount(endTopic(id))) await turn()
    await revokeKey(claw.app.db, claw.clock.now(), { workspaceId: claw.app.workspaceId, id: await keyId(claw) })
    expect((await claw.rest('POST', `/calls/${id}/cancel`, { key: other })).body).toMatchObject({ state: 'ended' })
    const { structuredContent, isError } = Object((await waiting).body.result)
    expect({ structuredContent, isError }).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'unauthorized' } },
    })
    expect(structuredContent).not.toHaveProperty('state')
  })

  test('sends nothing of what it had queued', async () => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, issue)
    await revokeKey(claw.app.db, claw.clock.now(), { workspaceId: claw.app.workspaceId, id: await keyId(claw) })
    await using _ = await startWorkerElsewhere(claw)
    await inState(claw, id, 'ended')
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([{ outcome: 'failed', code: 'unauthorized' }])
  })
})

describe('what changes while a call waits', () => {
  test.each(['deny', 'ask'] as const)('a rule that says %s now lets nothing of it out', async decision => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, issue)
    await claw.app.db.write(tx => tx.updateTable('rules').set({ decision }).execute())
    await using _ = await startWorkerElsewhere(claw)
    await inState(claw, id, 'ended')
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([
      { outcome: 'failed', code: decision === 'deny' ? 'policy_denied' : 'approval_denied' },
    ])
  })

  test.each([
    { what: 'another account', change: { account_id: 'somebody else' } },
    { what: 'another environment', change: { environment: 'test' } },
  ] as const)('$what lets nothing of it out', async ({ change }) => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, issue)
    await claw.app.db.write(tx => tx.updateTable('connections').set(change).execute())
    await using _ = await startWorkerElsewhere(claw)
    await inState(claw, id, 'ended')
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([{ outcome: 'failed' }])
  })

  test('a connection that is removed lets nothing of it out, and of what was submitted it is not known', async () => {
    await using claw = await startClawLink(webOnly)
    const work = await callId(claw, report)
    {
      await using _ = await startWorkerElsewhere(claw)
      await inState(claw, work, 'submitted')
    }
    const id = await callId(claw, issue)
    const { connection_id: connection } = await rowOf(claw, id)
    expect((await claw.rest('DELETE', `/connections/${connection}`)).status).toBe(200)
    claw.sandbox.takeRequests()
    claw.clock.move(60_000)
    await using _ = await startWorkerElsewhere(claw)
    await inState(claw, id, 'ended')
    await inState(claw, work, 'ended')
    expect(claw.sandbox.requests).toEqual([])
    const rows = (await claw.rows('usage')).map(({ call_id, outcome }) => [call_id, outcome])
    expect(Object.fromEntries(rows)).toEqual({ [id]: 'failed', [work]: 'unknown' })
  })

  test('a file that is deleted meanwhile is not sent, and nothing instead of it', async () => {
    await using claw = await startClawLink(webOnly)
    const file = String((await upload(claw, 'mine')).body.file)
    const id = await callId(claw, { tool: 'sandbox_attach_file', arguments: { file } })
    expect((await claw.rest('DELETE', `/files/${file}`)).status).toBe(200)
    await using _ = await startWorkerElsewhere(claw)
    await inState(claw, id, 'ended')
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([{ outcome: 'failed', code: 'validation_error' }])
  })
})

describe('too much', () => {
  test('of calls that wait for one account is refused, and those that wait stay', async () => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, issue)
    const row = await rowOf(claw, id)
    const many = Array.from({ length: 999 }, (_, at) => ({ ...row, id: `call_${at}` }))
    await claw.app.db.write(async tx => {
      for (let at = 0; at < many.length; at += 50)
        await tx
          .insertInto('calls')
          .values(many.slice(at, at + 50))
          .execute()
    })
    const { status, body } = await claw.rest('POST', `/tools/${issue.tool}/calls`, {
      body: { arguments: issue.arguments, wait: false },
    })
    expect([status, body]).toMatchObject([429, { code: 'quota_exceeded', outcome: 'failed' }])
    expect((await rowOf(claw, id)).state).toBe('queued')
    const direct = await claw.call(issue.tool, issue.arguments)
    expect(direct.body).toMatchObject({ outcome: 'succeeded' })
  })

  test('of files is refused, however small they are', async () => {
    await using claw = await startClawLink(webOnly)
    const { body } = await upload(claw, '')
    const row = await claw.app.db.read.selectFrom('files').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({ id: body.file, bytes: 0 })
    const many = Array.from({ length: 9_999 }, (_, at) => ({ ...row, id: `file_${at}` }))
    await claw.app.db.write(async tx => {
      for (let at = 0; at < many.length; at += 100)
        await tx
          .insertInto('files')
          .values(many.slice(at, at + 100))
          .execute()
    })
    expect(await upload(claw, '')).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } })
  })

  test('of files that come in at once is refused, so that nobody fills the memory with halves', async () => {
    await using claw = await startClawLink(webOnly)
    await upload(claw, '')
    const row = await claw.app.db.read.selectFrom('files').selectAll().executeTakeFirstOrThrow()
    const many = Array.from({ length: 100 }, (_, at) => ({ ...row, id: `file_${at}`, state: 'writing' as const }))
    await claw.app.db.write(tx => tx.insertInto('files').values(many).execute())
    expect(await upload(claw, 'x')).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } })
    claw.clock.move(60 * 60_000)
    expect(await upload(claw, 'x')).toMatchObject({ status: 201 })
    expect(await claw.app.db.read.selectFrom('files').select('id').execute()).toHaveLength(102)
  })

  test('at the same time does not fill a workspace beyond what it may hold', async () => {
    const filesBytesMax = 512 * kib
    await using claw = await startClawLink({ config: { filesBytesMax } })
    await Promise.all(Array.from({ length: 8 }, () => upload(claw, Buffer.alloc(200 * kib))))
    const rows = await claw.app.db.read.selectFrom('files').select(['bytes', 'state']).execute()
    expect(rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(filesBytesMax)
  })
})

describe('a download that repeats the credential', () => {
  test.each([0, 256 * kib - 10])('after %i bytes is not kept, and nothing of it is told', async at => {
    await using claw = await startClawLink()
    const { apiKey } = claw.sandbox
    claw.sandbox.script({ kind: 'status', status: 200, body: `${'x'.repeat(at)}${apiKey}` })
    const { body, text } = await claw.call('sandbox_download_file', { id: 'doc_1' })
    expect(body).toMatchObject({ outcome: 'failed', code: 'internal' })
    expect(text).not.toContain(apiKey)
    expect(await claw.app.db.read.selectFrom('files').select('id').execute()).toEqual([])
  })

  test('in its name has another name', async () => {
    await using claw = await startClawLink()
    const { apiKey } = claw.sandbox
    const headers = {
      'content-disposition': `attachment; filename="key ${apiKey}.txt"`,
      'content-type': `text/${apiKey}`,
    }
    claw.sandbox.script({ kind: 'status', status: 200, headers, body: 'content' })
    const { body, text } = await claw.call('sandbox_download_file', { id: 'doc_1' })
    expect(body).toMatchObject({ outcome: 'succeeded', data: { name: 'key •••.txt' } })
    expect(text).not.toContain(apiKey)
  })
})

test('a download that could not be stored stands in the record as one that was sent', async () => {
  await using claw = await startClawLink({ config: { filesBytesMax: 64 * kib } })
  const { body } = await claw.call('sandbox_download_sample', { bytes: 256 * kib })
  expect(body).toMatchObject({ outcome: 'failed', code: 'quota_exceeded' })
  expect(await claw.rows('usage')).toMatchObject([{ attempts: 1, provider_status: 200 }])
})

test('a call that waits keeps no file that was deleted', async () => {
  await using claw = await startClawLink(webOnly)
  const { id: agentId, workspace_id: workspaceId } = await claw.app.db.read
    .selectFrom('agents')
    .selectAll()
    .executeTakeFirstOrThrow()
  const asked = { workspaceId, agentId, name: 'a', mediaType: undefined }
  const made = await createFile(claw.app, asked, [Buffer.alloc(10)])
  if (made instanceof Fault) throw made
  // As it stands while its content goes.
  await claw.app.db.write(tx => tx.updateTable('files').set({ state: 'writing', expires_at: 0 }).execute())
  await claw.app.db.write(tx => keepUntil(tx, made.id, claw.clock.now() + 1000))
  expect(await claw.app.db.read.selectFrom('files').select('expires_at').execute()).toEqual([{ expires_at: 0 }])
  await removeFile(claw.app.db, made.id)
})

describe('others', () => {
  test('see, follow and cancel no call and no file of another workspace or agent', async () => {
    await using claw = await startClawLink(webOnly)
    const id = await callId(claw, issue)
    const file = String((await upload(claw, 'mine')).body.file)
    const neighbour = await claw.newKey({ agent: 'another' })
    const { key: stranger } = await otherWorkspace(claw)
    for (const key of [neighbour, stranger]) {
      for (const path of [`/calls/${id}`, `/calls/${id}/events`, `/files/${file}`])
        expect([path, (await claw.rest('GET', path, { key })).status]).toEqual([path, 404])
      expect((await claw.rest('POST', `/calls/${id}/cancel`, { key })).status).toBe(404)
      expect((await claw.rest('DELETE', `/files/${file}`, { key })).status).toBe(404)
      expect((await claw.rest('GET', '/calls', { key })).body.items).toEqual([])
      expect((await claw.rest('GET', '/files', { key })).body.items).toEqual([])
    }
    expect((await rowOf(claw, id)).state).toBe('queued')
  })

  test('make no member’s browser cancel a call or send a test', async () => {
    await using claw = await startClawLink(webOnly)
    const { workspaceId } = claw.app
    const ada = await addMember(claw.app.db, claw.clock.now(), { name: 'Ada', role: 'owner', workspaceId })
    const cookie = `clawlink_session=${ada.token.reveal()}`
    const id = await callId(claw, issue)
    for (const origin of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}]) {
      for (const path of [`/calls/${id}/cancel`, '/endpoints/endp_1/test', '/deliveries/dlv_1/replay', '/files']) {
        const { status } = await claw.rest('POST', path, { key: null, headers: { cookie, ...origin } })
        expect([path, status]).toEqual([path, 403])
      }
    }
    expect((await rowOf(claw, id)).state).toBe('queued')
  })
})
