/** Shared files: how large and how many, for how long, in how many processes, and what of them can be read in the database. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openApp } from '../../src/app.ts'
import { Fault } from '../../src/core/errors.ts'
import { forgetSharedFiles } from '../../src/relay/files/forget-shared-files.ts'
import { getSharedFile } from '../../src/relay/files/get-shared-file.ts'
import { putSharedFile } from '../../src/relay/files/put-shared-file.ts'
import { startClawLink } from '../kit/clawlink.ts'
import { sampleBytes, sha256Of } from '../kit/files.ts'
import { watchMemory } from '../kit/held-memory.ts'
import { based, brief, get, history, list, put, remove, stored } from '../kit/shared-files.ts'

const mib = 1024 * 1024
const dayMs = 24 * 60 * 60 * 1000

test('a large file streams in and out with a flat memory, and one byte more than may be is too much', async () => {
  const bytes = 40 * mib
  await using claw = await startClawLink({ connected: false, config: { fileBytesMax: bytes } })
  const sha256 = sha256Of(sampleBytes(bytes))
  await put(claw, 'small', 'x')
  const memory = watchMemory()
  const made = await put(claw, 'large.bin', memory.over(sampleBytes(bytes)))
  const came = await get(claw, 'large.bin', { onBytes: memory.passed })
  expect(made).toMatchObject({ status: 200, body: { bytes, sha256 } })
  expect(came).toMatchObject({ status: 200, bytes, sha256 })
  expect(memory.mostBytes(), 'growth of the memory').toBeLessThan(10 * mib)
  // Without saying so before.
  expect(brief(await put(claw, 'larger.bin', sampleBytes(bytes + 1)))).toEqual([413, 'payload_too_large'])
  expect((await stored(claw)).files).toBe(2)
}, 60_000)

test('writers in several processes get each version once', async () => {
  await using claw = await startClawLink({ connected: false })
  if (claw.app.db.dialect === 'sqlite') return // one process has an SQLite file for itself
  const opened = await openApp(claw.app.config)
  if (opened instanceof Fault) throw new Error(opened.message)
  const writer = { workspaceId: claw.app.workspaceId, kind: 'agent', id: 'agt_x', device: '' } as const
  const write = async (i: number) => {
    const content = [Buffer.from(`writer ${i}`)]
    const app = i % 2 ? claw.app : opened.app
    const done = await putSharedFile(app, writer, { key: 'both', content, announced: 10, baseVersion: 'any' })
    return done instanceof Fault ? done.message : done.version
  }
  const versions = await Promise.all(Array.from({ length: 40 }, (_, i) => write(i)))
  await opened.close()
  expect(versions.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  const texts = await Promise.all(versions.map(async version => (await get(claw, `both?version=${version}`)).text))
  expect(new Set(texts).size).toBe(40)
})

test('the quotas of bytes and of keys hold, also among those who write at once, and forgetting makes room', async () => {
  const config = { sharedFilesBytesMax: 3 * mib, sharedFilesMax: 5 }
  await using claw = await startClawLink({ connected: false, config })
  const contents = Array.from({ length: 5 }, (_, i) => Buffer.alloc(mib, i))
  const made = await Promise.all(contents.map((content, i) => put(claw, `f${i}`, content)))
  expect(made.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429])
  expect(made.find(({ status }) => status === 429)?.body).toMatchObject({
    code: 'quota_exceeded',
    fix: expect.stringContaining('sharedFilesBytesMax'),
  })
  expect(await stored(claw)).toMatchObject({ shared: 3, files: 3 })
  // What is there already takes no more room, and what is deleted still does.
  const first = made.findIndex(({ status }) => status === 200)
  const known = contents[first] ?? Buffer.alloc(0)
  expect((await put(claw, 'copy', known)).status).toBe(200)
  const gone = made.findLastIndex(({ status }) => status === 200)
  await remove(claw, `f${gone}`)
  expect(brief(await put(claw, 'more', 'x'))).toEqual([429, 'quota_exceeded'])
  await remove(claw, `f${gone}`, '?forget=true')
  expect((await put(claw, 'more', 'x')).status).toBe(200)
  expect((await put(claw, 'fifth', 'x')).status).toBe(200)
  expect((await put(claw, 'sixth', 'x')).body.fix).toContain('sharedFilesMax')
  expect((await put(claw, 'fifth', 'y', based(1))).status).toBe(200)
  await remove(claw, 'fifth')
  expect((await put(claw, 'sixth', 'x')).status).toBe(200)
  expect(brief(await put(claw, 'fifth', 'again'))).toEqual([429, 'quota_exceeded'])
})

test('former versions and deleted files are forgotten after their time, and never the present ones', async () => {
  const config = { sharedFileDays: 2, sharedFileVersionsMax: 3 }
  await using claw = await startClawLink({ connected: false, config })
  for (let i = 0; i < 5; i++) await put(claw, 'busy', `version ${i + 1}`, based(i))
  await put(claw, 'old', 'old')
  await put(claw, 'gone', 'gone')
  await remove(claw, 'gone')
  await forgetSharedFiles(claw.app)
  expect((await history(claw, 'busy')).map(({ version }) => version)).toEqual([5, 4, 3])
  expect(brief(await put(claw, 'busy', 'late', based(1)))).toEqual([409, 'conflict'])
  claw.clock.move(2 * dayMs)
  await forgetSharedFiles(claw.app)
  expect((await history(claw, 'busy')).map(({ version }) => version)).toEqual([5])
  expect(await list(claw)).toEqual(['busy', 'old'])
  expect((await claw.rest('GET', '/relay/file-history/gone')).status).toBe(404)
  expect((await stored(claw)).shared).toBe(2)
  expect((await get(claw, 'busy')).text).toBe('version 5')
})

test('nothing of a content is readable in the database, and what was changed there does not open', async () => {
  await using claw = await startClawLink({ connected: false })
  const marker = 'the marker that nobody may find 51ce'
  await put(claw, 'sealed', marker.repeat(1000))
  if (claw.app.db.dialect === 'sqlite') {
    const files = readdirSync(claw.dataDir).filter(name => name.startsWith('clawlink.sqlite'))
    expect(files.length).toBeGreaterThan(0)
    for (const name of files) expect(readFileSync(join(claw.dataDir, name)).includes(marker)).toBe(false)
  } else {
    const chunks = await claw.app.db.read.selectFrom('file_chunks').select('sealed').execute()
    for (const { sealed } of chunks) expect(Buffer.from(sealed).includes(marker)).toBe(false)
  }
  expect(claw.logged()).not.toContain(marker)
  const sealed = Buffer.alloc(1000)
  await claw.app.db.write(tx => tx.updateTable('file_chunks').set({ sealed }).execute())
  const opened = await getSharedFile(claw.app, claw.app.workspaceId, { key: 'sealed' })
  if (opened instanceof Fault) throw new Error(opened.message)
  await expect(Array.fromAsync(opened.read())).rejects.toThrow()
})
