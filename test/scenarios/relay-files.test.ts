/** Shared files: versions, races, merges, leases, and who may what. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chunkBytes } from '../../src/files/chunk.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { download, sampleBytes, sha256Of, upload } from '../kit/files.ts'
import { signIn } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { based, brief, get, history, lease, list, put, remove, restore, stored } from '../kit/shared-files.ts'

const mib = 1024 * 1024

describe('one ClawLink', () => {
  let claw: TestClawLink
  let bob: TestClawLink
  beforeAll(async () => {
    claw = await startClawLink({ connected: false })
    bob = { ...claw, key: await claw.newKey({ agent: 'bob' }) }
  })
  afterAll(() => claw.stop())

  test('stores text and binary with their author and time, and gives them back as they were', async () => {
    const made = await put(claw, 'notes/plan.md', 'Hello\n', { headers: { 'content-type': 'text/markdown' } })
    expect(made).toMatchObject({
      status: 200,
      body: {
        key: 'notes/plan.md',
        version: 1,
        bytes: 6,
        mediaType: 'text/markdown',
        sha256: sha256Of([Buffer.from('Hello\n')]),
        change: 'put',
        baseVersion: 0,
        by: { kind: 'agent', name: 'tester', device: expect.stringMatching(/^key_/) },
        at: new Date(claw.app.relay.now()).toISOString(),
        keptUntil: null,
        lease: null,
      },
    })
    const came = await get(claw, 'notes/plan.md')
    expect(came).toMatchObject({ status: 200, text: 'Hello\n' })
    expect(came.headers).toMatchObject({
      'content-type': 'text/markdown',
      'content-disposition': expect.stringContaining('attachment; filename="plan.md"'),
      etag: `"${made.body.etag}"`,
      'x-clawlink-version': '1',
    })
    // The same key, whether its slashes are written out or not.
    expect((await get(bob, 'notes%2Fplan.md')).text).toBe('Hello\n')
    const binary = randomBytes(chunkBytes + 77)
    expect(brief(await put(bob, 'notes/logo.png', binary))).toEqual([200, 1])
    expect((await get(claw, 'notes/logo.png')).sha256).toBe(sha256Of([binary]))
    expect(brief(await put(claw, 'empty', ''))).toEqual([200, 1])
    expect(await get(claw, 'empty')).toMatchObject({ status: 200, bytes: 0 })
  })

  test('takes no media type that is none, over REST and from an agent', async () => {
    const key = 'mistyped.png'
    const refused = await put(claw, key, 'x', { headers: { 'content-type': 'png' } })
    expect(refused).toMatchObject({ status: 400, body: { invalidFields: [{ field: 'Content-Type' }] } })
    const asked = { name: 'clawlink_put_file', arguments: { key, content: 'x', mediaType: 'png' } }
    expect(Object((await claw.mcp('tools/call', asked)).body.result).structuredContent).toMatchObject({
      error: { code: 'validation_error', invalidFields: [{ field: 'mediaType' }] },
    })
    expect((await get(claw, key)).status).toBe(404)
  })

  test('tells a writer who was too late of both versions, and of text merges them', async () => {
    const key = 'race.txt'
    const first = 'one\ntwo\nthree\nfour\n'
    await put(claw, key, first, { headers: { 'content-type': 'text/plain' } })
    expect(brief(await put(claw, key, first.replace('one', 'ONE'), based(1)))).toEqual([200, 2])
    const late = await put(bob, key, first.replace('four', 'FOUR'), based(1))
    expect(late).toMatchObject({
      status: 409,
      body: {
        code: 'conflict',
        fix: expect.stringContaining('baseVersion 2'),
        race: {
          key,
          baseVersion: 1,
          current: { version: 2, by: { name: 'tester' }, text: 'ONE\ntwo\nthree\nfour\n' },
          yours: { file: expect.stringMatching(/^file_/), text: 'one\ntwo\nthree\nFOUR\n' },
          merge: { text: 'ONE\ntwo\nthree\nFOUR\n', conflicts: false },
        },
      },
    })
    // What lost is not lost.
    const { yours } = Object(late.body.race)
    expect((await download(bob, yours.file)).text).toBe('one\ntwo\nthree\nFOUR\n')
    expect((await get(claw, key)).text).toBe('ONE\ntwo\nthree\nfour\n')
    // Asked for, the merge is written.
    const merged = await put(bob, key, first.replace('four', 'FOUR'), { query: '?baseVersion=1&merge=true' })
    expect(merged).toMatchObject({
      status: 200,
      body: { version: 3, change: 'merge', baseVersion: 2, by: { name: 'bob' } },
    })
    expect((await get(claw, key)).text).toBe('ONE\ntwo\nthree\nFOUR\n')
    // Its type is still that of the first version.
    expect(merged.body.mediaType).toBe('text/plain')
    const both = await put(claw, key, first.replace('one', 'eins'), { query: '?baseVersion=1&merge=true' })
    expect(both).toMatchObject({
      status: 409,
      body: {
        race: {
          merge: {
            conflicts: true,
            text: '<<<<<<< version 3\nONE\n=======\neins\n>>>>>>> yours\ntwo\nthree\nFOUR\n',
          },
        },
      },
    })
  })

  test('merges neither bytes nor what was made of an unknown version, and says what is there', async () => {
    await put(claw, 'bytes', randomBytes(10))
    const late = await put(bob, 'bytes', randomBytes(10))
    expect(late).toMatchObject({
      status: 409,
      body: { race: { baseVersion: 0, merge: null, current: { version: 1 }, yours: { bytes: 10 } } },
    })
    expect(Object(late.body.race).current).not.toHaveProperty('text')
    expect((await put(bob, 'bytes', 'x', based(7))).body).toMatchObject({ race: { baseVersion: 7, merge: null } })
    expect((await put(bob, 'not there', 'x', based(7))).body).toMatchObject({
      code: 'conflict',
      race: { current: null },
    })
  })

  test('takes the version by its ETag as well, and refuses what says two things', async () => {
    const { etag } = (await put(claw, 'tagged', 'a')).body
    const match = (value: string) => ({ headers: { 'if-match': value } })
    expect(brief(await put(claw, 'tagged', 'b', match(`"${etag}"`)))).toEqual([200, 2])
    expect(brief(await put(claw, 'tagged', 'c', match(`"${etag}"`)))).toEqual([409, 'conflict'])
    expect(brief(await put(claw, 'tagged', 'c', match('"2-0000000000000000"')))).toEqual([409, 'conflict'])
    expect(brief(await put(claw, 'tagged', 'c', match('*')))).toEqual([200, 3])
    expect(brief(await put(claw, 'tagged', 'd', based('any')))).toEqual([200, 4])
    expect(brief(await put(claw, 'tagged', 'e', { headers: { 'if-none-match': '*' } }))).toEqual([409, 'conflict'])
    for (const wrong of [match('2'), match(`W/"${etag}"`), match('"x", "y"'), { headers: { 'if-none-match': '"x"' } }])
      expect(brief(await put(claw, 'tagged', 'f', wrong))).toEqual([400, 'validation_error'])
    expect(brief(await put(claw, 'tagged', 'f', { ...match('*'), ...based(1) }))).toEqual([400, 'validation_error'])
    const now = (await get(claw, 'tagged')).headers.etag ?? ''
    expect(await get(claw, 'tagged', { headers: { 'if-none-match': now } })).toMatchObject({ status: 304, bytes: 0 })
  })

  test('makes no second version of a request that is sent again after its answer was lost', async () => {
    await put(claw, 'again', 'a')
    const once = await put(claw, 'again', 'b', based(1))
    expect((await put(claw, 'again', 'b', based(1))).body).toEqual(once.body)
    expect(brief(await put(bob, 'again', 'b', based(1)))).toEqual([409, 'conflict'])
    expect(await history(claw, 'again')).toHaveLength(2)
  })

  test('lets one of very many writers of the same version win', async () => {
    const writers = 150
    await put(claw, 'crowd', 'begin')
    const done = await Promise.all(
      Array.from({ length: writers }, (_, i) => claw.rest('PUT', '/relay/files/crowd?baseVersion=1', { raw: `${i}` })),
    )
    expect(done.map(({ status }) => status).sort()).toEqual([200, ...Array(writers - 1).fill(409)])
    expect(await history(claw, 'crowd')).toHaveLength(2)
  })

  test('loses nobody of many writers who read again and try again', async () => {
    const writers = 20
    await put(claw, 'log.txt', 'begin\nend\n')
    const first = await Promise.all(
      Array.from({ length: writers }, (_, i) => put(claw, 'log.txt', `begin\nwriter ${i}\nend\n`, based(1))),
    )
    expect(first.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(first.filter(({ status }) => status === 409)).toHaveLength(writers - 1)
    const write = async (i: number): Promise<number> => {
      const { text, headers } = await get(claw, 'log.txt')
      const done = await put(claw, 'log.txt', `${text}by ${i}\n`, based(headers['x-clawlink-version']))
      return done.status === 409 ? write(i) : Number(done.body.version)
    }
    const versions = await Promise.all(Array.from({ length: writers }, (_, i) => write(i)))
    expect(versions.sort((a, b) => a - b)).toEqual(Array.from({ length: writers }, (_, i) => i + 3))
    const { text } = await get(claw, 'log.txt')
    for (let i = 0; i < writers; i++) expect(text.split(`by ${i}\n`)).toHaveLength(2)
  })

  test('merges what many writers change at once in places of their own', async () => {
    const lines = Array.from({ length: 12 }, (_, i) => `line ${i}`)
    const base = `${lines.join('\n\n')}\n`
    await put(claw, 'many.txt', base)
    const done = await Promise.all(
      lines.map(line =>
        put(claw, 'many.txt', base.replace(`${line}\n`, `${line}!\n`), { query: '?baseVersion=1&merge=true' }),
      ),
    )
    expect(done.map(({ status }) => status)).toEqual(lines.map(() => 200))
    expect((await get(claw, 'many.txt')).text).toBe(`${lines.map(line => `${line}!`).join('\n\n')}\n`)
  })

  test('stores the same content once, and ends it with the last version that has it', async () => {
    const before = await stored(claw)
    const content = randomBytes(2 * chunkBytes)
    for (const key of ['once/a', 'once/b', 'once/c']) await put(claw, key, content)
    await Promise.all(['once/d', 'once/e', 'once/f'].map(key => put(claw, key, content)))
    expect(await stored(claw)).toEqual({
      shared: before.shared + 1,
      files: before.files + 1,
      chunks: before.chunks + 2,
    })
    for (const key of ['a', 'b', 'c', 'd', 'e'])
      expect((await remove(claw, `once/${key}`, '?forget=true')).status).toBe(200)
    expect((await get(claw, 'once/f')).sha256).toBe(sha256Of([content]))
    await remove(claw, 'once/f', '?forget=true')
    expect(await stored(claw)).toEqual(before)
    expect((await claw.rest('GET', '/relay/file-history/once%2Ff')).status).toBe(404)
  })

  test('keeps what was deleted, and restores any version as a new one', async () => {
    await put(claw, 'kept', 'first')
    await put(claw, 'kept', 'second', based(1))
    expect((await remove(bob, 'kept', '?baseVersion=1', bob.key)).body.code).toBe('conflict')
    expect((await remove(claw, 'kept', '?baseVersion=2')).body).toMatchObject({
      version: 3,
      change: 'delete',
      bytes: 0,
    })
    // Who had read what was there before has not seen that it was deleted.
    expect(brief(await put(claw, 'kept', 'late', based(2)))).toEqual([409, 'conflict'])
    expect((await get(claw, 'kept')).status).toBe(404)
    expect((await get(claw, 'kept?version=3')).status).toBe(404)
    expect((await get(claw, 'kept?version=1')).text).toBe('first')
    expect(await list(claw, '?prefix=kept')).toEqual([])
    expect((await remove(claw, 'kept')).status).toBe(404)
    expect((await restore(bob, 'kept', { version: 1 })).body).toMatchObject({
      version: 4,
      change: 'restore',
      restoredFrom: 1,
      bytes: 5,
    })
    expect((await get(claw, 'kept')).text).toBe('first')
    expect((await history(claw, 'kept')).map(({ version, change }) => [version, change])).toEqual([
      [4, 'restore'],
      [3, 'delete'],
      [2, 'put'],
      [1, 'put'],
    ])
    expect((await restore(claw, 'kept', { version: 3 })).status).toBe(404)
    expect((await restore(claw, 'kept', { version: 9 })).status).toBe(404)
    expect((await restore(claw, 'kept', { version: 2, baseVersion: 3 })).body.code).toBe('conflict')
    // A deleted file can be written anew, as a new one or on top of what it was.
    await remove(claw, 'kept')
    expect(brief(await put(claw, 'kept', 'third'))).toEqual([200, 6])
  })

  test('lists by prefix in the order of the keys, page by page', async () => {
    const keys = ['l/a.txt', 'l/a/b', 'l/B', 'l/é', 'l/z', 'l2', 'l', 'l/😀']
    for (const key of keys) await put(claw, encodeURIComponent(key), key)
    const sorted = keys
      .filter(key => key.startsWith('l/'))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(await list(claw, '?prefix=l/')).toEqual(sorted)
    const pages: string[] = []
    for (let next: unknown = ''; next !== null; ) {
      const { body } = await claw.rest(
        'GET',
        `/relay/files?prefix=l/&limit=2&after=${encodeURIComponent(String(next))}`,
      )
      pages.push(...(body.items as { key: string }[]).map(({ key }) => key))
      next = body.next
    }
    expect(pages).toEqual(sorted)
    const { body } = await claw.rest('GET', '/relay/file-history/kept?limit=2')
    expect(body.next).toBe(5)
    expect((await claw.rest('GET', '/relay/file-history/kept?limit=2&before=5')).body.items).toMatchObject([
      { version: 4 },
      { version: 3 },
    ])
  })

  test('gives ranges of any version', async () => {
    const content = Buffer.concat([...sampleBytes(2 * chunkBytes + 1000)])
    const { etag } = (await put(claw, 'ranged', content)).body
    await put(claw, 'ranged', 'short', based(1))
    const path = 'ranged?version=1'
    const range = `bytes=${chunkBytes - 5}-${chunkBytes + 5}`
    const came = await get(claw, path, { headers: { range, 'if-range': `"${etag}"` } })
    expect(came).toMatchObject({ status: 206, sha256: sha256Of([content.subarray(chunkBytes - 5, chunkBytes + 6)]) })
    expect((await get(claw, 'ranged', { headers: { range: 'bytes=1-2', 'if-range': `"${etag}"` } })).status).toBe(200)
    expect((await get(claw, 'ranged', { headers: { range: 'bytes=5-' } })).status).toBe(416)
    const head = await get(claw, path, { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, bytes: 0 })
    expect(head.headers['content-length']).toBe(String(content.length))
  })

  test.each([
    '..%2F..%2Fetc%2Fpasswd',
    '%2Fetc%2Fpasswd',
    'a%2F..%2Fb',
    'a%2F%2Fb',
    'a//b',
    'a/',
    'a%5C..%5Cb',
    'a%00b',
    'a%0D%0AX-Evil:%201',
    'C%3A%2Fx',
    '%252e%252e%252fa',
    'con',
    '%EF%BC%8E%EF%BC%8E%2Fa',
    'x'.repeat(501),
  ])('refuses the key %s wherever one is taken, and stores nothing', async key => {
    const before = await stored(claw)
    const lists = await list(claw, '?limit=200')
    expect(brief(await put(claw, key, 'evil'))).toEqual([400, 'validation_error'])
    const asks = [
      ['GET', 'files', undefined],
      ['DELETE', 'files', undefined],
      ['GET', 'file-history', undefined],
      ['POST', 'file-restore', { version: 1 }],
      ['POST', 'file-lease', {}],
      ['DELETE', 'file-lease', undefined],
    ] as const
    for (const [method, room, body] of asks) {
      const { status } = await claw.http({
        method,
        path: `/api/v1/relay/${room}/${key}`,
        headers: { authorization: `Bearer ${claw.key}`, 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
      })
      expect([method, room, status]).toEqual([method, room, 400])
    }
    expect([await stored(claw), await list(claw, '?limit=200')]).toEqual([before, lists])
  })

  test('reaches nothing beside the shared files by a path that climbs', async () => {
    for (const key of ['../../../etc/passwd', '%2e%2e/%2e%2e/files', '../agents/me'])
      expect([key, (await put(claw, key, 'evil')).status]).toEqual([
        key,
        expect.toSatisfy((s: number) => s >= 400 && s < 500),
      ])
  })

  test('refuses 2 GB at once where that was announced, and nothing of it stays', async () => {
    const before = await stored(claw)
    const headers = { 'content-length': String(2 * 1024 * mib) }
    const refused = await upload(claw, Buffer.alloc(10), { method: 'PUT', path: '/relay/files/huge', headers })
    expect(brief(refused)).toEqual([413, 'payload_too_large'])
    expect(await stored(claw)).toEqual(before)
  })

  test('says who is editing, until the lease is over, given back or broken', async () => {
    await put(claw, 'edited', 'a')
    const held = await lease(bob, 'edited', bob.key, { seconds: 60, note: 'rewriting' })
    const until = new Date(claw.app.relay.now() + 60_000).toISOString()
    expect(held.body).toMatchObject({ key: 'edited', by: { name: 'bob' }, note: 'rewriting', until })
    const heldBy = { by: { name: 'bob' }, note: 'rewriting', until }
    expect((await claw.rest('GET', '/relay/files?prefix=edited')).body.items).toMatchObject([{ lease: heldBy }])
    expect(await put(claw, 'edited', 'b', based(1))).toMatchObject({ status: 409, body: { code: 'conflict', heldBy } })
    expect((await remove(claw, 'edited')).body).toMatchObject({ heldBy })
    expect((await restore(claw, 'edited', { version: 1 })).body).toMatchObject({ heldBy })
    expect((await lease(claw, 'edited')).body).toMatchObject({ heldBy })
    expect((await claw.rest('DELETE', '/relay/file-lease/edited')).body).toMatchObject({ heldBy })
    // Another machine of the same agent is somebody else here.
    const elsewhere = { ...based(1), headers: { 'x-clawlink-device': 'laptop' } }
    expect((await put(bob, 'edited', 'b', elsewhere)).body).toMatchObject({ heldBy })
    expect(brief(await put(bob, 'edited', 'b', based(1)))).toEqual([200, 2])
    expect(brief(await put(claw, 'edited', 'c', { query: '?baseVersion=1&force=true' }))).toEqual([409, 'conflict'])
    expect(brief(await put(claw, 'edited', 'c', { query: '?baseVersion=2&force=true' }))).toEqual([200, 3])
    expect((await bob.rest('DELETE', '/relay/file-lease/edited', { key: bob.key })).body).toEqual({ key: 'edited' })
    expect(brief(await put(claw, 'edited', 'd', based(3)))).toEqual([200, 4])
    await lease(claw, 'edited', bob.key, { seconds: 60 })
    claw.clock.move(60_000)
    expect(brief(await put(claw, 'edited', 'e', based(4)))).toEqual([200, 5])
    const both = await Promise.all([lease(claw, 'new'), lease(claw, 'new', bob.key)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('shows nothing to another workspace, and lets nobody in without the right', async () => {
    await put(claw, 'mine', 'mine')
    const elsewhere = await otherWorkspace(claw)
    const stranger = { ...claw, key: elsewhere.key }
    expect((await get(stranger, 'mine')).status).toBe(404)
    expect((await claw.rest('GET', '/relay/files', { key: elsewhere.key })).body.items).toEqual([])
    expect((await claw.rest('GET', '/relay/file-history/mine', { key: elsewhere.key })).status).toBe(404)
    expect((await remove(claw, 'mine', '', elsewhere.key)).status).toBe(404)
    // A file of the same name and content there is another one.
    const before = await stored(claw)
    expect(brief(await put(stranger, 'mine', 'mine'))).toEqual([200, 1])
    expect((await stored(claw)).shared).toBe(before.shared + 1)
    const barred = { ...claw, key: await claw.newKey({ agent: 'barred', scope: { relay: false } }) }
    expect((await get(barred, 'mine')).status).toBe(403)
    expect((await put(barred, 'theirs', 'x')).status).toBe(403)

    const ada = await signIn(claw, { name: 'Ada', role: 'owner' })
    const max = await signIn(claw, { name: 'Max' })
    expect((await max.rest('GET', '/relay/files?prefix=mine')).body.items).toMatchObject([{ key: 'mine' }])
    expect((await max.rest('DELETE', '/relay/files/mine')).status).toBe(403)
    expect((await ada.rest('DELETE', '/relay/files/mine')).body).toMatchObject({
      change: 'delete',
      by: { kind: 'person', name: 'Ada', device: '' },
    })
  })

  test.each([
    ['every topic', '*'],
    ['theirs', 'files'],
  ])('tells of every change: an event for the record, and a broadcast to who subscribes to %s', async (_, topic) => {
    const told = `told ${topic === '*' ? 'all' : topic}`
    const listener = await claw.newKey({ agent: `listener to ${topic}` })
    const subscribed = await claw.rest('PUT', `/relay/subscriptions/${topic}`, { body: {}, key: listener })
    expect(subscribed.status).toBe(200)
    await put(claw, told, 'a secret word', { headers: { 'content-type': 'text/plain' } })
    await remove(bob, told, '', bob.key)
    const events = await claw.app.db.read
      .selectFrom('events')
      .select(['type', 'facts'])
      .where('subject', '=', told)
      .orderBy('id')
      .execute()
    expect(events.map(({ type, facts }) => ({ type, ...JSON.parse(facts) }))).toMatchObject([
      { type: 'file.changed', key: told, version: 1, change: 'put', bytes: 13, mediaType: 'text/plain' },
      { type: 'file.deleted', key: told, version: 2, change: 'delete' },
    ])
    expect(JSON.stringify(events)).not.toContain('secret word')
    const { body } = await claw.rest('POST', '/relay/inbox', { body: { limit: 10 }, key: listener })
    expect(body.items).toMatchObject([
      {
        kind: 'broadcast',
        from: { name: 'tester' },
        body: { topic: 'files', content: { type: 'file.changed', key: told } },
      },
      {
        kind: 'broadcast',
        from: { name: 'bob' },
        body: { topic: 'files', content: { type: 'file.deleted', version: 2 } },
      },
    ])
  })
})
