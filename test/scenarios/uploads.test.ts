/** Files on their way between the store and a provider: what arrives is what was given, whatever breaks on the way. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from '../../src/calls/digest.ts'
import { prepareCall } from '../../src/calls/prepare-call.ts'
import { Fault } from '../../src/core/errors.ts'
import { newId } from '../../src/core/ids.ts'
import { createFile } from '../../src/files/create-file.ts'
import type { File } from '../../src/files/file.ts'
import { openFile } from '../../src/files/open-file.ts'
import { samplePieces } from '../../src/sandbox/files/sample.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { watchMemory } from '../kit/held-memory.ts'
import { signIn } from '../kit/member.ts'

const mib = 1024 * 1024
let claw: TestClawLink
beforeAll(async () => {
  claw = await startClawLink()
})
afterAll(() => claw.stop())
beforeEach(async () => {
  claw.sandbox.clearFaults()
  // What the test before did to the breaker is over by then, and a good answer closes it.
  claw.clock.move(10 * 60_000)
  await claw.call('sandbox_whoami')
  claw.sandbox.takeRequests()
  claw.sandbox.store.files.length = 0
  claw.sandbox.store.uploads.clear()
})

async function principal(name = 'tester') {
  const { db, workspaceId } = claw.app
  const agents = db.read.selectFrom('agents').select('id').where('name', '=', name)
  const { id: agentId } = await agents.executeTakeFirstOrThrow()
  return { workspaceId, agentId }
}

async function keep(bytes: number, { name = 'report.pdf', pieces = samplePieces(bytes), agent = 'tester' } = {}) {
  const made = await createFile(claw.app, { ...(await principal(agent)), name, mediaType: 'application/pdf' }, pieces)
  if (made instanceof Fault) throw made
  return made
}

const sha256Of = (pieces: Iterable<Buffer>) => {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}
/** Files of this call, unfinished ones too. */
const storedBy = async ({ body }: { body: Record<string, unknown> }) => {
  const files = claw.app.db.read.selectFrom('files').select('state').where('call_id', '=', String(body.callId))
  return (await files.execute()).map(({ state }) => state)
}
const lines = () => claw.sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/upl_\w+/, 'U')}`)
const ranges = () => claw.sandbox.requests.flatMap(({ headers }) => headers['content-range'] ?? [])
const there = ({ bytes, sha256 }: File, name: string) => ({ bytes, sha256, name, media_type: 'application/pdf' })

type Way = [tool: string, args: Record<string, unknown>, name: string, type?: string]
const ways: Way[] = [
  ['sandbox_upload_file', { name: 'Ünïcode "a".pdf' }, 'Ünïcode "a".pdf'],
  ['sandbox_attach_file', { note: 'two\r\nlines: "ü"' }, 'report.pdf', 'application/octet-stream'],
  ['sandbox_upload_large_file', { name: 'big.pdf' }, 'big.pdf'],
  ['sandbox_upload_file_in_ranges', { name: 'big.pdf' }, 'big.pdf', 'application/octet-stream'],
]

describe.each(ways)('%s', (tool, args, name, mediaType = 'application/pdf') => {
  test.each([0, 1, 300_000, 9 * mib + 5])('sends %i bytes, and the provider has them all', async bytes => {
    const file = await keep(bytes)
    const { status, body } = await claw.call(tool, { ...args, file: file.id })
    expect([status, body.data]).toEqual([200, expect.objectContaining({ sha256: file.sha256 })])
    expect(claw.sandbox.store.files).toMatchObject([{ ...there(file, name), media_type: mediaType }])
    expect(claw.sandbox.store.files[0]?.fields).toEqual('note' in args ? { note: args.note } : {})
    for (const { headers } of claw.sandbox.requests) expect(headers['transfer-encoding']).toBeUndefined()
  })

  test('takes no file that is over, another agent’s or none, and sends nothing then', async () => {
    await claw.newKey({ agent: 'stranger' })
    const foreign = await keep(10, { agent: 'stranger' })
    const over = await keep(10)
    await claw.app.db.write(tx => tx.updateTable('files').set({ expires_at: 1 }).where('id', '=', over.id).execute())
    for (const file of [foreign.id, over.id, newId('file', 1)]) {
      const { status, body } = await claw.call(tool, { ...args, file })
      expect([status, body]).toMatchObject([
        400,
        { code: 'validation_error', invalidFields: [{ field: 'file' }], fix: expect.stringContaining('Upload') },
      ])
    }
    expect((await claw.call(tool, { ...args, file: 'report.pdf' })).status).toBe(400)
    expect(claw.sandbox.requests).toEqual([])
  })
})

describe('a broken connection', () => {
  test('in the middle of a chunk is gone on with where the provider says', async () => {
    for (const tool of ['sandbox_upload_large_file', 'sandbox_upload_file_in_ranges']) {
      claw.sandbox.takeRequests()
      const file = await keep(9 * mib)
      claw.sandbox.script({ kind: 'close_mid_upload', bytes: 2 * mib, match: { method: 'PUT' } })
      const { body } = await claw.call(tool, { name: tool, file: file.id })
      expect(body).toMatchObject({ outcome: 'succeeded', data: { name: tool, sha256: file.sha256, bytes: 9 * mib } })
      expect(ranges().filter(range => !range.includes('*'))).toEqual([
        `bytes 0-${4 * mib - 1}/${9 * mib}`,
        `bytes ${2 * mib}-${6 * mib - 1}/${9 * mib}`,
        `bytes ${6 * mib}-${9 * mib - 1}/${9 * mib}`,
      ])
    }
  })

  test('after the last byte is no second upload: the provider is asked, and says what came of it', async () => {
    const file = await keep(5 * mib)
    claw.sandbox.script({ kind: 'close_mid_upload', bytes: mib, match: { method: 'PUT' }, times: 2 })
    claw.sandbox.script({ kind: 'status', status: 500, match: { method: 'PUT' } })
    const { body } = await claw.call('sandbox_upload_large_file', { name: 'a', file: file.id })
    expect(body).toMatchObject({ outcome: 'succeeded', data: { sha256: file.sha256 } })
    expect(claw.sandbox.store.files).toHaveLength(1)
    expect(lines().filter(line => line.startsWith('POST'))).toHaveLength(1)
  })

  test('whose upload the provider forgot begins anew, once the last byte was not on its way', async () => {
    const file = await keep(9 * mib)
    claw.sandbox.script({ kind: 'status', status: 404, match: { method: 'PUT' } })
    const { body } = await claw.call('sandbox_upload_large_file', { name: 'a', file: file.id })
    expect(body).toMatchObject({ outcome: 'succeeded', data: { sha256: file.sha256 } })
    expect(lines().filter(line => line.startsWith('POST'))).toHaveLength(2)
  })

  test('with the last byte on its way leaves an upload unknown when the provider forgot it', async () => {
    const file = await keep(mib)
    claw.sandbox.script({ kind: 'close_after_read', match: { method: 'PUT' } })
    const { body } = await claw.call('sandbox_upload_large_file', { name: 'a', file: file.id })
    expect(body).toMatchObject({ outcome: 'unknown', code: 'outcome_unknown' })
    expect(claw.sandbox.store.files).toHaveLength(1)
  })

  test('that is all there is unknown, and not sent again, while the provider does not say that it is done', async () => {
    const file = await keep(mib)
    const match = { method: 'PUT' }
    const whole = { range: `bytes=0-${mib - 1}` }
    claw.sandbox.script({ kind: 'status', status: 308, headers: whole, applied: true, match })
    claw.sandbox.script({ kind: 'status', status: 503, match, times: 'always' })
    const { body } = await claw.call('sandbox_upload_large_file', { name: 'a', file: file.id })
    expect(lines().filter(line => line.startsWith('POST'))).toHaveLength(1)
    expect(body).toMatchObject({ outcome: 'unknown', code: 'outcome_unknown' })
  })

  test('that breaks again and again ends as one that did not happen', async () => {
    const file = await keep(9 * mib)
    claw.sandbox.script({ kind: 'close_before_read', match: { method: 'PUT' }, times: 'always' })
    const { body } = await claw.call('sandbox_upload_large_file', { name: 'a', file: file.id })
    expect(body).toMatchObject({ outcome: 'failed', code: 'provider_unavailable' })
    expect(claw.sandbox.store.files).toEqual([])
  })

  test('is tried again, all of it, where twice is as good as once, and is unknown where it is not', async () => {
    const file = await keep(3 * mib)
    claw.sandbox.script({ kind: 'close_mid_upload', bytes: mib }, { kind: 'close_after_read' })
    const safe = await claw.call('sandbox_upload_file', { name: 'a', file: file.id })
    expect(safe.body).toMatchObject({ outcome: 'succeeded', data: { sha256: file.sha256 } })
    expect(claw.sandbox.requests).toHaveLength(3)
    claw.sandbox.takeRequests()
    claw.sandbox.script({ kind: 'close_mid_upload', bytes: mib })
    const unsafe = await claw.call('sandbox_attach_file', { file: file.id })
    expect(unsafe.body).toMatchObject({ outcome: 'unknown', code: 'outcome_unknown' })
    expect(claw.sandbox.requests).toHaveLength(1)
  })
})

describe('a download', () => {
  test('is a file of the agent: its handle is the answer, and its content what the provider sent', async () => {
    const file = await keep(300_000, { name: 'Ünïcode.pdf' })
    const { body: sent } = await claw.call('sandbox_upload_file', { name: 'Ünïcode.pdf', file: file.id })
    const { id } = sent.data as { id: string }
    const { body } = await claw.call('sandbox_download_file', { id })
    const output = body.data as { file: string }
    expect(output).toMatchObject({
      name: 'Ünïcode.pdf',
      mediaType: 'application/pdf',
      bytes: 300_000,
      sha256: file.sha256,
    })
    const opened = await openFile(claw.app, await principal(), output.file)
    if (opened instanceof Fault) throw opened
    expect(sha256Of(await Array.fromAsync(opened.read()))).toBe(file.sha256)
  })

  test('that is cut off is tried again, and leaves nothing when it never comes', async () => {
    claw.sandbox.script({ kind: 'close_mid_body', times: 2 })
    const third = await claw.call('sandbox_download_sample', { bytes: 2 * mib })
    expect(third.body.data).toMatchObject({ bytes: 2 * mib, sha256: sha256Of(samplePieces(2 * mib)) })
    claw.sandbox.script({ kind: 'close_mid_body', times: 'always' })
    const never = await claw.call('sandbox_download_sample', { bytes: 2 * mib })
    expect(never.body).toMatchObject({ outcome: 'failed', code: 'provider_unavailable' })
    expect([await storedBy(third), await storedBy(never)]).toEqual([['ready'], []])
  })

  test('of what is not there is an error, and leaves nothing', async () => {
    const gone = await claw.call('sandbox_download_file', { id: 'doc_none' })
    expect(gone.body).toMatchObject({ code: 'not_found', providerStatus: 404 })
    expect(await storedBy(gone)).toEqual([])
  })

  test('follows the provider to where its storage is, and the credential stays at home; a too large one leaves nothing', async () => {
    const seen: unknown[] = []
    const storage = createServer((req, res) => {
      seen.push([req.url, req.headers.authorization, req.headers.cookie])
      res.setHeader('content-type', 'image/png').end('content')
    }).listen(0, '127.0.0.1')
    await once(storage, 'listening')
    const { port } = storage.address() as AddressInfo // a TCP server that listens has one
    const away = await startClawLink({ config: { outboundAllow: [`127.0.0.1:${port}`], fileBytesMax: mib } })
    try {
      away.sandbox.script({ kind: 'redirect', location: `http://127.0.0.1:${port}/blob?sig=1` })
      const { body } = await away.call('sandbox_download_file', { id: 'doc_1' })
      expect(body.data).toMatchObject({ name: 'doc_1', mediaType: 'image/png', bytes: 7 })
      expect(seen).toEqual([['/blob?sig=1', undefined, undefined]])
      const large = await away.call('sandbox_download_sample', { bytes: 3 * mib })
      expect(large.body).toMatchObject({ outcome: 'failed', code: 'payload_too_large' })
      expect(await away.app.db.read.selectFrom('files').select('state').execute()).toEqual([{ state: 'ready' }])
    } finally {
      await away.stop()
      storage.close()
    }
  })
})

test('an upload whose address is elsewhere goes there without the credential, and not where nobody may go', async () => {
  const seen: unknown[] = []
  const storage = createServer((req, res) => {
    req.resume().on('end', () => {
      seen.push([req.method, req.url, req.headers.authorization, req.headers['content-range']])
      res.setHeader('content-type', 'application/json').writeHead(201).end('{"id":"there"}')
    })
  }).listen(0, '127.0.0.1')
  await once(storage, 'listening')
  const { port } = storage.address() as AddressInfo // a TCP server that listens has one
  const file = await keep(1000)
  const uploadUrl = `http://127.0.0.1:${port}/session?key=1`
  claw.sandbox.script({ kind: 'status', status: 200, body: { uploadUrl } })
  const refused = await claw.call('sandbox_upload_file_in_ranges', { name: 'a', file: file.id })
  expect([refused.body.outcome, seen]).toEqual(['failed', []])
  const allowed = await startClawLink({ config: { outboundAllow: [`127.0.0.1:${port}`] } })
  try {
    const agents = allowed.app.db.read.selectFrom('agents').select(['id', 'workspace_id'])
    const { id: agentId, workspace_id: workspaceId } = await agents.executeTakeFirstOrThrow()
    const own = await createFile(allowed.app, { workspaceId, agentId, name: 'a', mediaType: '' }, samplePieces(1000))
    if (own instanceof Fault) throw own
    allowed.sandbox.script({ kind: 'status', status: 200, body: { uploadUrl } })
    const { body } = await allowed.call('sandbox_upload_file_in_ranges', { name: 'a', file: own.id })
    expect(body.data).toEqual({ id: 'there' })
    expect(seen).toEqual([['PUT', '/session?key=1', undefined, 'bytes 0-999/1000']])
  } finally {
    await allowed.stop()
    storage.close()
  }
})

test('a preview shows what is sent, by name and size, and sends nothing', async () => {
  const file = await keep(1234)
  const shown = async (tool: string, args: object) =>
    (await claw.rest('POST', `/tools/${tool}/preview`, { body: { arguments: { ...args, file: file.id } } })).body
      .request
  const what = `content of report.pdf (application/pdf, 1234 bytes, SHA-256 ${file.sha256})`
  expect(await shown('sandbox_upload_file', { name: 'a' })).toMatchObject({ body: what })
  expect(await shown('sandbox_attach_file', { note: 'n' })).toMatchObject({ body: `note=n; file=${what}` })
  expect(await shown('sandbox_upload_large_file', { name: 'a' })).toMatchObject({ body: { name: 'a' }, file: what })
  expect(claw.sandbox.requests).toEqual([])
})

test('what is approved is this very content: another one has another digest', async () => {
  const digest = async (file: File) => {
    const agent = {
      kind: 'agent',
      keyId: '',
      environment: 'live',
      scope: {},
      callsPerMinute: null,
      callsPerDay: null,
    } as const
    const ready = await prepareCall(claw.app, {
      id: newId('call', claw.clock.now()),
      startedAt: claw.clock.now(),
      principal: { ...agent, ...(await principal()) },
      request: { tool: 'sandbox_attach_file', arguments: { file: file.id }, surface: 'rest' },
    })
    if (ready instanceof Fault) throw ready
    expect(ready.file).toMatchObject({ sha256: file.sha256 })
    return [digestOf(ready), digestOf({ ...ready, file: { ...(ready.file ?? file), sha256: 'ab' } })]
  }
  const file = await keep(10)
  const [one, other] = await digest(file)
  expect(await digest(file)).toEqual([one, other])
  expect(one).not.toEqual(other)
})

test('a file that is asked about, or whose call waits, lives for as long as that does, and the member sees it', async () => {
  const ada = await signIn(claw, { name: 'Ada', role: 'owner' })
  const asks = { name: 'asks', decision: 'ask', match: { tools: ['sandbox_attach_file'] } }
  const { body: rule } = await ada.rest('POST', '/rules', asks)
  const { items } = Object((await ada.rest('GET', '/rules')).body)
  const ids = items.map(({ id }: { id: string }) => id)
  await ada.rest('POST', '/rules/order', { ids: [rule.id, ...ids.filter((id: string) => id !== rule.id)] })
  const [asked, queued] = [await keep(10), await keep(20)]
  const parked = await claw.call('sandbox_attach_file', { note: 'n', file: asked.id })
  const shown = (await ada.rest('GET', `/approvals/${parked.body.approvalId}`)).body
  expect(shown.preview).toMatchObject({ body: expect.stringContaining(`report.pdf (application/pdf, 10 bytes`) })
  await claw.rest('POST', '/tools/sandbox_upload_file/calls', {
    body: { arguments: { name: 'a', file: queued.id }, wait: false },
  })
  const ends = async ({ id }: File) => {
    const row = claw.app.db.read.selectFrom('files').select('expires_at').where('id', '=', id)
    return (await row.executeTakeFirstOrThrow()).expires_at - claw.clock.now()
  }
  const hourMs = 60 * 60_000
  expect([await ends(asked), await ends(queued)]).toEqual([25 * hourMs, 24 * hourMs])
  await ada.rest('DELETE', `/rules/${rule.id}`)
})

describe('100 MB', () => {
  test('go up and come down without being in memory', async () => {
    if (claw.app.db.dialect !== 'sqlite') return
    const bytes = 100 * mib
    const file = await keep(bytes)
    const memory = watchMemory()
    const storage = createServer((_, res) => {
      Readable.from(memory.over(samplePieces(bytes))).pipe(res)
    }).listen(0, '127.0.0.1')
    await once(storage, 'listening')
    const { port } = storage.address() as AddressInfo // a TCP server that listens has one
    await using away = await startClawLink({ config: { outboundAllow: [`127.0.0.1:${port}`] } })
    try {
      const going = claw.call('sandbox_upload_large_file', { name: 'a', file: file.id })
      for (const requests of [8, 16, 24]) {
        await claw.sandbox.received(requests)
        memory.look()
      }
      const up = await going
      expect(up.body).toMatchObject({ outcome: 'succeeded', data: { bytes, sha256: file.sha256 } })
      away.sandbox.script({ kind: 'redirect', location: `http://127.0.0.1:${port}/blob` })
      const down = await away.call('sandbox_download_file', { id: 'doc_1' })
      expect(down.body.data).toMatchObject({ bytes, sha256: file.sha256 })
    } finally {
      storage.close()
    }
    expect(memory.mostBytes()).toBeLessThan(10 * mib)
  }, 120_000)
})
