/** Files: stored as they come in, given in ranges, ended by their time. */
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { chunkBytes } from '../../src/files/chunk.ts'
import { createFile } from '../../src/files/create-file.ts'
import { forgetFiles } from '../../src/files/forget-files.ts'
import { openFile } from '../../src/files/open-file.ts'
import { keyRingSource } from '../../src/vault/key-ring-source.ts'
import { rotateVault } from '../../src/vault/rotate.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { runCli } from '../kit/cli.ts'
import { download, sampleBytes, sha256Of, type Uploaded, upload } from '../kit/files.ts'
import { watchMemory } from '../kit/held-memory.ts'
import { signIn } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { startPaged } from '../kit/paged-provider.ts'

const mib = 1024 * 1024
const idOf = ({ body }: Uploaded) => String(body.file)

/** What is left of files in the database. */
async function left({ app }: TestClawLink): Promise<{ files: number; chunks: number }> {
  const files = await app.db.read.selectFrom('files').select('id').execute()
  const chunks = await app.db.read.selectFrom('file_chunks').select('seq').execute()
  return { files: files.length, chunks: chunks.length }
}

describe('a large file', () => {
  test('goes in and out as it streams, with a flat memory, and nobody else waits for it', async () => {
    await using claw = await startClawLink()
    const bytes = 40 * mib
    const sha256 = sha256Of(sampleBytes(bytes))
    await claw.call('sandbox_whoami')
    const memory = watchMemory()
    let isMoving = true
    let answered = 0
    const askMeanwhile = async () => {
      while (isMoving) {
        await claw.rest('GET', '/connections')
        answered++
      }
    }
    const others = askMeanwhile()
    const made = await upload(claw, memory.over(sampleBytes(bytes)), { query: '?name=large.bin' })
    const answeredOnWayIn = answered
    const came = await download(claw, idOf(made), { onBytes: memory.passed })
    const answeredOnWayOut = answered - answeredOnWayIn
    isMoving = false
    await others
    expect(made).toMatchObject({ status: 201, body: { bytes, sha256, name: 'large.bin' } })
    expect(came).toMatchObject({ status: 200, bytes, sha256 })
    expect(memory.mostBytes(), 'growth of the memory').toBeLessThan(10 * mib)
    // By what came meanwhile and not by the clock, which runs on while this machine does something else.
    for (const turns of [answeredOnWayIn, answeredOnWayOut]) expect(turns).toBeGreaterThan(bytes / (10 * mib))
    expect((await claw.rest('DELETE', `/files/${idOf(made)}`)).status).toBe(200)
    expect(await left(claw)).toEqual({ files: 0, chunks: 0 })
  }, 60_000)
})

describe('one ClawLink', () => {
  let claw: TestClawLink
  const config = { fileBytesMax: mib, filesBytesMax: 3 * mib }
  beforeAll(async () => {
    claw = await startClawLink({ config })
  })
  afterAll(() => claw.stop())

  const content = Buffer.concat([...sampleBytes(2 * chunkBytes + 1000)])

  test('keeps what it is told about a file, made safe', async () => {
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const made = await upload(claw, 'Hello', { headers, query: `?name=${encodeURIComponent('../../a\r\nb.txt')}` })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'a__b.txt', mediaType: headers['content-type'], bytes: 5 },
    })
    expect(made.body.file).toMatch(/^file_[0-9a-f]{32}$/)
    const { headers: told, text } = await download(claw, idOf(made))
    expect(text).toBe('Hello')
    expect(told).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '5',
      'content-disposition': `attachment; filename="a__b.txt"; filename*=UTF-8''a__b.txt`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'no-store',
      'accept-ranges': 'bytes',
      etag: `"${made.body.sha256}"`,
    })
    const named = { 'content-disposition': `attachment; filename*=UTF-8''%C3%BC.bin` }
    expect((await upload(claw, 'x', { headers: named })).body).toMatchObject({
      name: 'ü.bin',
      mediaType: 'application/octet-stream',
    })
    const { body } = await claw.rest('GET', '/files?limit=1')
    expect(body).toMatchObject({ items: [{ name: 'ü.bin' }], next: expect.any(String) })
    expect((await claw.rest('GET', `/files?next=${body.next}`)).body).toMatchObject({ items: [{ name: 'a__b.txt' }] })
  })

  test('takes an empty file, and gives it back', async () => {
    const made = await upload(claw, '')
    expect(made).toMatchObject({ status: 201, body: { bytes: 0, name: 'file' } })
    expect(await download(claw, idOf(made))).toMatchObject({ status: 200, bytes: 0 })
    expect((await download(claw, idOf(made), { headers: { range: 'bytes=0-' } })).status).toBe(416)
  })

  test('gives ranges of a file, and says which', async () => {
    const id = idOf(await upload(claw, content))
    const total = content.length
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 0],
      ['bytes=0-99', 0, 99],
      [`bytes=${chunkBytes - 5}-${chunkBytes + 5}`, chunkBytes - 5, chunkBytes + 5],
      [`bytes=${chunkBytes}-${2 * chunkBytes - 1}`, chunkBytes, 2 * chunkBytes - 1],
      [`bytes=${total - 10}-`, total - 10, total - 1],
      ['bytes=-7', total - 7, total - 1],
      [`bytes=-${total * 2}`, 0, total - 1],
      [`bytes=100-${total * 2}`, 100, total - 1],
    ] as const) {
      const came = await download(claw, id, { headers: { range } })
      expect([range, came.status, came.headers['content-range']]).toEqual([range, 206, `bytes ${from}-${to}/${total}`])
      expect(came.headers['content-length']).toBe(String(to - from + 1))
      expect(came.sha256, range).toBe(sha256Of([content.subarray(from, to + 1)]))
    }
    for (const range of ['bytes=0-1,5-6', 'bytes=x', 'lines=0-1', 'bytes=9-3'])
      expect([range, (await download(claw, id, { headers: { range } })).status]).toEqual([range, 200])
    const outside = await download(claw, id, { headers: { range: `bytes=${total}-` } })
    expect(outside.status).toBe(416)
    expect(outside.headers).toMatchObject({
      'content-range': `bytes */${total}`,
      'content-type': 'application/problem+json; charset=utf-8',
    })
  })

  test('gives a range only of the content that the caller knows, and of HEAD the whole length', async () => {
    const made = await upload(claw, content)
    const range = 'bytes=0-9'
    const status = async (known: string) =>
      (await download(claw, idOf(made), { headers: { range, 'if-range': known } })).status
    expect(await status(`"${made.body.sha256}"`)).toBe(206)
    expect(await status('"another"')).toBe(200)
    expect(await status('Thu, 15 Jan 2026 12:00:00 GMT')).toBe(200)
    const head = await download(claw, idOf(made), { method: 'HEAD', headers: { range } })
    expect(head).toMatchObject({ status: 200, bytes: 0 })
    expect(head.headers).toMatchObject({ 'content-length': String(content.length), 'accept-ranges': 'bytes' })
  })

  test('refuses what is too large, announced or not, and what no workspace may hold, and nothing of it stays', async () => {
    await forgetAll(claw)
    const announced = await upload(claw, Buffer.alloc(mib + 1), { headers: { 'content-length': String(mib + 1) } })
    const counted = await upload(claw, sampleBytes(mib + 1))
    for (const { status, body } of [announced, counted])
      expect([status, body.code, body.fix]).toEqual([413, 'payload_too_large', expect.stringContaining('fileBytesMax')])
    expect(await left(claw)).toEqual({ files: 0, chunks: 0 })

    for (let i = 0; i < 3; i++) expect((await upload(claw, sampleBytes(mib))).status).toBe(201)
    const before = await left(claw)
    for (const headers of [{ 'content-length': '1' }, {}]) {
      const { status, body } = await upload(claw, 'x', { headers })
      expect([status, body.code, body.fix]).toEqual([429, 'quota_exceeded', expect.stringContaining('filesBytesMax')])
    }
    expect(await left(claw)).toEqual(before)
    await forgetAll(claw)
    expect((await upload(claw, 'x')).status).toBe(201)
  })

  test.each<[string, Record<string, string>, string]>([
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, ''],
    ['a type that is none', { 'content-type': 'nonsense' }, ''],
    ['a coding', { 'content-encoding': 'gzip' }, ''],
    ['a question that it does not know', {}, '?nam=x'],
    ['a name without end', {}, `?name=${'x'.repeat(1001)}`],
  ])('refuses an upload with %s', async (_, headers, query) => {
    expect(await upload(claw, 'x', { headers, query })).toMatchObject({
      status: 400,
      body: { code: 'validation_error' },
    })
  })

  test('leaves nothing of an upload whose client hangs up', async () => {
    const before = await left(claw)
    const headers = { authorization: `Bearer ${claw.key}`, 'content-length': String(mib) }
    const sending = request(`${claw.url}/api/v1/files`, { method: 'POST', headers })
    sending.on('error', () => {})
    sending.write(Buffer.alloc(mib / 2))
    await expect.poll(async () => (await left(claw)).files).toBe(before.files + 1)
    expect((await claw.rest('GET', '/files')).body.items).toHaveLength(before.files)
    sending.destroy()
    await expect.poll(() => left(claw)).toEqual(before)
  })

  test('shows files to their own agent and to members, and nobody else finds them', async () => {
    const id = idOf(await upload(claw, 'mine'))
    const ada = await signIn(claw, { name: 'Ada' })
    const other = await claw.newKey({ agent: 'another' })
    const elsewhere = await otherWorkspace(claw)
    for (const key of [other, elsewhere.key]) {
      expect((await download({ ...claw, key }, id)).status).toBe(404)
      expect((await claw.rest('DELETE', `/files/${id}`, { key })).status).toBe(404)
      expect((await claw.rest('GET', '/files', { key })).body).toEqual({ items: [], next: null })
    }
    expect(JSON.stringify((await ada.rest('GET', '/files')).body)).toContain(id)
    expect((await download({ ...claw, key: await claw.newKey() }, id)).text).toBe('mine')
    for (const wrong of ['file_0', 'nothing', `${id}0`, `${id}%0A`, 'call_00000000000000000000000000000000'])
      expect([wrong, (await download(claw, wrong)).status]).toEqual([wrong, 404])
  })

  test('ends a file when its time is over, and gives its place back', async () => {
    await forgetAll(claw)
    const id = idOf(await upload(claw, content))
    claw.clock.move(claw.app.config.fileMinutes * 60_000)
    expect((await download(claw, id)).status).toBe(404)
    expect((await claw.rest('GET', '/files')).body.items).toEqual([])
    // The clean-up comes by itself, once an hour.
    await expect.poll(() => left(claw)).toEqual({ files: 0, chunks: 0 })
  })

  test('is read over MCP in parts, text as text and all else as base64', async () => {
    const text = '€ü𝄞'.repeat(200)
    const id = idOf(await upload(claw, text, { headers: { 'content-type': 'application/json' } }))
    let read = ''
    for (let offset: unknown = 0; offset !== undefined; ) {
      const part = await getFile(claw, { file: id, offset, length: 100 })
      expect(part).toMatchObject({ untrusted: true, bytes: Buffer.byteLength(text), offset })
      read += part.text
      offset = part.next
    }
    expect(read).toBe(text)
    const binary = randomBytes(1000)
    const other = idOf(await upload(claw, binary))
    expect(await getFile(claw, { file: other })).toMatchObject({ base64: binary.toString('base64') })
    expect(await getFile(claw, { file: other, offset: 1000 })).toMatchObject({ error: { code: 'validation_error' } })
    expect(await getFile(claw, { file: 'file_x' })).toMatchObject({ error: { code: 'not_found' } })
    const key = await claw.newKey({ agent: 'another' })
    expect(await getFile(claw, { file: id }, key)).toMatchObject({ error: { code: 'not_found' } })
  })
})

describe('an answer that is too large to be given', () => {
  const record = (id: number) => ({ id, text: 'ü'.repeat(500) })
  const options = { total: 300, record, config: { inlineAnswerBytesMax: 50_000 } }
  const called = '/tools/paged_cursor/calls'

  test('is a file of exactly what would have been given, and its handle tells what it is', async () => {
    await using claw = await startPaged(options)
    const whole = JSON.stringify(Array.from({ length: 100 }, (_, id) => record(id)))
    const { body } = await claw.rest('POST', called, { body: { arguments: { size: 100 } } })
    expect(body).toMatchObject({ outcome: 'succeeded', next: expect.any(String), untrusted: true })
    const handle = Object(body.data)
    expect(handle).toEqual({
      file: expect.stringMatching(/^file_/),
      bytes: Buffer.byteLength(whole),
      mediaType: 'application/json',
      head: whole.slice(0, 2000),
      records: 100,
      fields: ['id', 'text'],
      expiresAt: new Date(claw.clock.now() + 60 * 60_000).toISOString(),
      fix: expect.stringContaining('clawlink_get_file'),
    })
    let read = ''
    for (let offset: unknown = 0; offset !== undefined; ) {
      const part = await getFile(claw, { file: handle.file, offset, length: 40_000 })
      read += part.text
      offset = part.next
    }
    expect(read).toBe(whole)
    expect((await download(claw, handle.file, { headers: { range: 'bytes=5-90' } })).text).toBe(
      Buffer.from(whole).subarray(5, 91).toString(),
    )
    const { body: listed } = await claw.rest('GET', '/files')
    expect(listed.items).toMatchObject([{ file: handle.file, callId: body.callId, name: 'paged_cursor.json' }])
    // The same over MCP, and of a list of all pages.
    const over = { name: 'clawlink_call_tool', arguments: { tool: 'paged_cursor', arguments: { size: 40 }, all: true } }
    const { result } = (await claw.mcp('tools/call', over)).body as { result: { structuredContent: { data: object } } } // 2025-11-25
    expect(result.structuredContent.data).toMatchObject({ records: 300, file: expect.stringMatching(/^file_/) })
    expect((await claw.rest('POST', called, { body: { arguments: { size: 40 } } })).body.data).toHaveLength(40)
  })

  test('is given again under its key as long as its file is there, and says so afterwards', async () => {
    await using claw = await startPaged(options)
    const ask = async () => {
      const headers = { 'idempotency-key': 'one' }
      const { body } = await claw.rest('POST', called, { body: { arguments: { size: 100 } }, headers })
      return body
    }
    const first = await ask()
    expect(await ask()).toEqual({ ...first, replayed: true })
    claw.clock.move(61 * 60_000)
    const later = await ask()
    expect(later).toMatchObject({ outcome: 'succeeded', replayed: true })
    expect(later.data).toMatchObject({ ...Object(first.data), file: null, fix: expect.stringContaining('has ended') })
  })

  test('is one of a call that succeeded also when the workspace may hold no more', async () => {
    await using claw = await startPaged({ ...options, config: { ...options.config, filesBytesMax: 60_000 } })
    const { body } = await claw.rest('POST', called, { body: { arguments: { size: 100 } } })
    expect(body).toMatchObject({ outcome: 'succeeded', data: { file: null, records: 100 } })
    expect(Object(body.data).fix).toContain('was not kept: The files of this workspace may hold 60000 bytes')
    expect(await left(claw)).toEqual({ files: 0, chunks: 0 })
  })
})

test('the command line stores, lists, saves and ends files beside a running server', async () => {
  await using claw = await startClawLink()
  const { dataDir, app } = claw
  const env = { CLAWLINK_DATABASE_URL: app.config.databaseUrl?.reveal() }
  const run = async (...args: string[]) => {
    const where = ['--json', '--data', dataDir, '--keyring-file', app.config.keyringFile]
    return runCli(['files', ...args, ...where], { home: dataDir, env })
  }
  const path = join(dataDir, 'picture.png')
  const content = randomBytes(chunkBytes + 5)
  writeFileSync(path, content)
  const mistyped = await run('put', path, '--type', 'png')
  expect(mistyped).toMatchObject({ exitCode: 1, stdout: '' })
  expect(JSON.parse(mistyped.stderr)).toMatchObject({ code: 'validation_error', invalidFields: [{ field: '--type' }] })
  const put = await run('put', path, '--type', 'image/png')
  expect(put).toMatchObject({ exitCode: 0, stderr: '' })
  const { file, ...told } = JSON.parse(put.stdout)
  expect(told).toMatchObject({ name: 'picture.png', mediaType: 'image/png', bytes: content.length })
  expect(JSON.parse((await run('list')).stdout).items).toMatchObject([{ file }])
  const saved = join(dataDir, 'saved.png')
  expect((await run('get', file, '-o', saved)).exitCode).toBe(0)
  expect(readFileSync(saved).equals(content)).toBe(true)
  expect(await run('get', file, '-o', saved)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--force') })
  expect((await run('delete', file)).exitCode).toBe(0)
  expect(await run('get', file)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not_found') })
  expect(await left(claw)).toEqual({ files: 0, chunks: 0 })
}, 60_000)

describe('what is stored of a file', () => {
  const marker = Buffer.from('the marker that nobody may find 7c1f')

  test('holds nothing of its content, and opens only as a whole and in its order', async () => {
    await using claw = await startClawLink()
    const { app } = claw
    const content = Buffer.alloc(3 * chunkBytes, marker)
    const id = idOf(await upload(claw, content))
    expect(await places(claw)).not.toContain(true)
    const rows = await app.db.read.selectFrom('file_chunks').selectAll().orderBy('seq').execute()
    const sealed = rows.map(row => Buffer.from(row.sealed))
    const put = (seq: number, bytes: Buffer | undefined) =>
      app.db.write(tx =>
        tx
          .updateTable('file_chunks')
          .set({ sealed: bytes ?? Buffer.alloc(0) })
          .where('seq', '=', seq)
          .execute(),
      )
    const setBytes = (bytes: number) => app.db.write(tx => tx.updateTable('files').set({ bytes }).execute())
    const whole = async () => {
      const opened = await openFile(app, { workspaceId: app.workspaceId }, id)
      if (opened instanceof Fault) return opened.code
      return Array.fromAsync(opened.read()).then(
        pieces => Buffer.concat(pieces).length,
        () => 'does not open',
      )
    }
    expect(await whole()).toBe(content.length)
    await put(0, sealed[1])
    await put(1, sealed[0])
    expect(await whole()).toBe('does not open')
    await put(0, sealed[0])
    await put(1, sealed[1])
    await setBytes(2 * chunkBytes)
    expect(await whole()).toBe('does not open')
    await setBytes(3 * chunkBytes - 1)
    expect(await whole()).toBe('does not open')
    await setBytes(0)
    expect(await whole()).toBe('does not open')
    await setBytes(content.length)
    expect(await whole()).toBe(content.length)
    await app.db.write(tx => tx.deleteFrom('file_chunks').where('seq', '=', 1).execute())
    expect(await whole()).toBe('does not open')
    const cut = await download(claw, id).catch(() => 'cut')
    expect(cut).toBe('cut')
  })

  /** Where the marker stands, in any of the places where the database keeps things. */
  async function places({ app, dataDir }: TestClawLink): Promise<boolean[]> {
    if (app.db.dialect === 'sqlite') {
      const names = readdirSync(dataDir).filter(name => name.startsWith('clawlink.sqlite'))
      return names.map(name => readFileSync(join(dataDir, name)).includes(marker))
    }
    const chunks = await app.db.read.selectFrom('file_chunks').select('sealed').execute()
    return chunks.map(({ sealed }) => Buffer.from(sealed).includes(marker))
  }

  test('is under the new key after a rotation, also of a file that is being written', async () => {
    await using claw = await startClawLink()
    const { app } = claw
    const first = idOf(await upload(claw, 'before'))
    const rotate = () => rotateVault(app.db, keyRingSource(app.config))
    async function* slow() {
      yield Buffer.alloc(5 * chunkBytes, 'x')
      expect(await rotate()).toMatchObject({ broken: [] })
      yield Buffer.alloc(5 * chunkBytes, 'x')
    }
    const { workspaceId } = app
    const mine = (await app.db.read.selectFrom('files').select('agent_id').executeTakeFirstOrThrow()).agent_id
    const made = await createFile(app, { workspaceId, agentId: mine, name: 'x', mediaType: undefined }, slow())
    if (made instanceof Fault) throw new Error(made.message)
    const versions = await app.db.read.selectFrom('files').select('ring_version').execute()
    expect(versions).toEqual([{ ring_version: 2 }, { ring_version: 2 }])
    expect((await download(claw, first)).text).toBe('before')
    const digest = createHash('sha256')
      .update(Buffer.alloc(10 * chunkBytes, 'x'))
      .digest('hex')
    expect(await download(claw, made.id)).toMatchObject({ sha256: digest })
  })

  test('is nothing when the source fails, and a file that nobody finished is removed by the clean-up', async () => {
    await using claw = await startClawLink()
    const { app, clock } = claw
    const asked = { workspaceId: app.workspaceId, agentId: 'agt_x', name: 'x', mediaType: undefined }
    async function* failing(cause: unknown) {
      yield Buffer.alloc(9 * chunkBytes)
      throw cause
    }
    await expect(createFile(app, asked, failing(new Error('broken')))).rejects.toThrow('broken')
    const fault = new Fault('timeout', 'The provider is too slow.')
    expect(await createFile(app, asked, failing(fault))).toBe(fault)
    expect(await createFile(app, asked, failing(fault), { bytesMax: 1000 })).toMatchObject({
      code: 'payload_too_large',
    })
    expect(await left(claw)).toEqual({ files: 0, chunks: 0 })

    let late: Promise<unknown> = Promise.resolve()
    async function* stalling() {
      yield Buffer.alloc(9 * chunkBytes)
      clock.move(60 * 60_000)
      await forgetFiles(app)
      expect(await left(claw)).toEqual({ files: 0, chunks: 0 })
      yield Buffer.alloc(9 * chunkBytes)
    }
    late = createFile(app, asked, stalling())
    expect(await late).toMatchObject({ code: 'timeout' })
    expect(await left(claw)).toEqual({ files: 0, chunks: 0 })
  })
})

async function forgetAll({ app }: TestClawLink): Promise<void> {
  await app.db.write(tx => tx.updateTable('files').set({ expires_at: 0 }).execute())
  await forgetFiles(app)
}

async function getFile(claw: TestClawLink, args: object, key = claw.key): Promise<Record<string, unknown>> {
  const { body } = await claw.mcp(
    'tools/call',
    { name: 'clawlink_get_file', arguments: args },
    { authorization: `Bearer ${key}` },
  )
  const { structuredContent } = body.result as { structuredContent: Record<string, unknown> } // 2025-11-25
  return structuredContent
}
