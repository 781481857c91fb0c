/** `clawlink pair`: from a machine without a key to one that has its own. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configSchema } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/open.ts'
import { bundledCli } from '../kit/bundled-cli.ts'
import { spawnCli } from '../kit/cli.ts'
import { addMember } from '../kit/member.ts'
import { rest, type TempHome, tempHome } from './temp-home.ts'

let server: { home: TempHome; url: string; db: Db; cookie: string; stop(): Promise<void> }

beforeAll(async () => {
  const home = tempHome()
  const running = await home.start(['--port', '0'])
  const dataDir = join(home.path, '.local', 'share', 'clawlink')
  const db = await openDb(configSchema.parse({ dataDir, keyringFile: join(dataDir, 'none') }))
  if (db instanceof Fault) throw new Error(db.message)
  server = {
    home,
    url: running.url,
    db,
    cookie: await signIn(db),
    async stop() {
      await db.close()
      await running[Symbol.asyncDispose]()
      home[Symbol.dispose]()
    },
  }
})
afterAll(() => server.stop())

/** The cookie of a person who is an owner of the workspace. */
async function signIn(db: Db): Promise<string> {
  const { id } = await db.read.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
  const { token } = await addMember(db, Date.now(), { name: 'Ada', role: 'owner', workspaceId: id })
  return `clawlink_session=${token.reveal()}`
}

/** What a page of ClawLink sends when the member decides. */
async function decide(link: string, decision: 'approve' | 'deny', body: object = {}) {
  const id = new URL(link).pathname.split('/').at(-1)
  const answer = await fetch(`${server.url}/api/v1/pairings/${id}/${decision}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: server.cookie, origin: server.url },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

/** Starts `clawlink pair …` in a home of its own and gives it back once it has shown its link. */
async function startPair(home: TempHome, args: readonly string[], env: Record<string, string> = {}) {
  const cli = await bundledCli()
  const running = spawnCli(['pair', '--url', server.url, ...args], { home: home.path, env, cli })
  await expect.poll(() => running.said().stderr, { timeout: 15_000 }).toMatch(/Waiting for a member/)
  const { stderr } = running.said()
  const [link = ''] = /http\S+\/pair\/\S+/.exec(stderr) ?? []
  const [, code = ''] = /this code: {2}(\S+)/.exec(stderr) ?? []
  return { running, link, code }
}

/** The starts of all these come from one address, which has five a minute; an hour ago they count no more. */
const forgetStarts = () =>
  server.db.write(tx =>
    tx
      .updateTable('pairings')
      .set({ created_at: Date.now() - 3_600_000 })
      .execute(),
  )

const credentials = (home: TempHome) => join(home.path, '.config', 'clawlink', 'credentials.json')

describe('clawlink pair', () => {
  test('shows a link and the code in it, waits, and stores the key for its owner’s eyes only', async () => {
    using home = tempHome()
    const { running, link, code } = await startPair(home, ['--name', 'My laptop', '--read-only'])
    expect(new URL(link).searchParams.get('code')).toBe(code)
    await decide(link, 'approve', { environment: 'live', scope: { effects: ['read'] } })
    expect(await running.ended).toBe(0)
    const file = credentials(home)
    const stored = JSON.parse(readFileSync(file, 'utf8'))
    expect(stored).toEqual({
      [server.url]: {
        key: expect.stringMatching(/^cllk_live_/),
        agent: 'My laptop',
        environment: 'live',
        expiresAt: null,
      },
    })
    const { key } = stored[server.url]
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(file, '..'))).toEqual(['credentials.json'])
    const { stdout, stderr } = running.said()
    expect(stdout).toContain(`Its key is in ${file}.`)
    expect(stdout).toContain(`claude mcp add --transport http --scope user clawlink ${server.url}/mcp`)
    expect(stdout + stderr).not.toContain(key)
    expect((await rest(server.url, key, '/whoami')).body).toMatchObject({
      agent: { name: 'My laptop' },
      scope: { effects: ['read'] },
    })
  })

  test('keeps the credentials of other ClawLinks, and with --json prints one JSON document', async () => {
    await forgetStarts()
    using home = tempHome()
    const file = credentials(home)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, '{"https://other.example":{"key":"k"}}', { mode: 0o644 })
    const { running, link } = await startPair(home, ['--json', '--test', '--print-key', '--name', 'robot'])
    await decide(link, 'approve', { environment: 'test', scope: {}, expiresInDays: 1 })
    expect(await running.ended).toBe(0)
    const told = JSON.parse(running.said().stdout)
    expect(told).toMatchObject({ url: server.url, agent: 'robot', environment: 'test', file })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      'https://other.example': { key: 'k' },
      [server.url]: { key: told.key, agent: 'robot', environment: 'test', expiresAt: told.expiresAt },
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('ends with 1 and says so when a member denies', async () => {
    await forgetStarts()
    using home = tempHome()
    const { running, link } = await startPair(home, [])
    await decide(link, 'deny')
    expect(await running.ended).toBe(1)
    expect(running.said().stderr).toContain('A member denied this pairing.')
    expect(readdirSync(home.path)).toEqual([])
  })

  test('ends with 1 and says so when nobody approved in time', async () => {
    await forgetStarts()
    using home = tempHome()
    const { running } = await startPair(home, ['--json'])
    await server.db.write(tx => tx.updateTable('pairings').set({ expires_at: Date.now() }).execute())
    expect(await running.ended).toBe(1)
    expect(running.said().stderr).toContain('Nobody approved this pairing in time.')
  })

  test('stops at Ctrl-C, at once and with nothing stored', async () => {
    await forgetStarts()
    using home = tempHome()
    const { running } = await startPair(home, [])
    running.signal('SIGINT')
    expect(await running.ended).toBe(130)
    expect(running.said().stderr).toContain('Nothing was stored.')
    expect(readdirSync(home.path)).toEqual([])
  })

  test.each([
    [['--url', 'http://127.0.0.1:1'], 'No ClawLink answers at http://127.0.0.1:1.'],
    [['--url', 'ftp://x'], '--url takes the URL of a ClawLink.'],
    [['--url', 'nonsense'], '--url takes the URL of a ClawLink.'],
  ])('says what is wrong with %j', async (args, words) => {
    using home = tempHome()
    const { exitCode, stdout, stderr } = await home.run(['pair', ...args])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(words)
  })

  test('asks for nothing when what it would get could not be stored', async () => {
    using home = tempHome()
    mkdirSync(join(credentials(home), '..'), { recursive: true })
    writeFileSync(credentials(home), 'my notes')
    const { exitCode, stderr } = await home.run(['pair', '--url', server.url])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('is not a JSON object')
    expect(readFileSync(credentials(home), 'utf8')).toBe('my notes')
  })
})

describe('clawlink agents and keys', () => {
  test('make, list, replace, rename and end, and the record says that it was the command line', async () => {
    using home = tempHome()
    const limits = ['--effects', 'read,write', '--providers', 'sandbox', '--manage-connections', '--per-minute', '60']
    const made = await home.json(['keys', 'create', '--name', 'robot', ...limits, '--per-day', '1000'])
    expect(made).toMatchObject({
      agent: 'robot',
      scope: { effects: ['read', 'write'], providers: ['sandbox'], manageConnections: true },
      callsPerMinute: 60,
      callsPerDay: 1000,
    })
    const rotated = await home.json(['keys', 'rotate', String(made.id), '--overlap', '0'])
    expect(rotated).toMatchObject({ agent: 'robot', scope: made.scope, callsPerMinute: 60 })
    expect((await home.json(['keys', 'list'])).items).toMatchObject([
      { id: rotated.id, state: 'active' },
      { id: made.id, state: 'expired', replacedBy: rotated.id },
    ])
    expect((await home.run(['keys', 'list'])).stdout).toContain('read write; sandbox; manages connections')

    expect((await home.json(['agents', 'list'])).items).toMatchObject([
      { name: 'robot', active: true, createdBy: null },
    ])
    expect(await home.json(['agents', 'rename', 'robot', 'android'])).toMatchObject({ name: 'android' })
    expect((await home.run(['agents', 'remove', 'android'])).stdout).toMatch(
      /^Removed agt_\w+: 2 keys were revoked\.\n$/,
    )
    expect((await home.run(['agents', 'list'])).stdout).toMatch(/^agt_\w+ +inactive +0 .* android$/m)
    const { items } = (await home.json(['audit', 'list'])) as { items: { action: string; actor: { name: string } }[] }
    expect(items.map(({ action, actor }) => `${action} ${actor.name}`).toSorted()).toEqual([
      'agent.removed command line',
      'agent.renamed command line',
      'key.made command line',
      'key.rotated command line',
    ])
  })

  test.each([
    [['keys', 'create', '--name', 'a', '--effects', 'fly'], '--effects takes one or more of'],
    [['keys', 'create', '--name', 'a', '--providers', 'nowhere'], 'there is no such provider'],
    [['keys', 'create', '--name', 'a', '--tools', 'sandbox_fly'], 'there is no such tool'],
    [['keys', 'create', '--name', 'a', '--connections', 'conn_x'], 'there is no live connection of this id'],
    [['keys', 'create', '--name', 'a', '--per-minute', '0'], '--per-minute takes a whole number'],
    [['keys', 'create', '--name', 'a', '--per-day', 'many'], '--per-day takes a whole number'],
    [['keys', 'rotate', 'key_none'], 'There is no key key_none.'],
    [['keys', 'rotate', 'key_none', '--overlap', 'x'], '--overlap takes a whole number'],
    [['agents', 'remove', 'nobody'], 'There is no agent nobody.'],
    [['agents', 'rename', 'nobody', 'x'], 'There is no agent nobody.'],
  ])('say what is wrong with %j', async (args, words) => {
    const { exitCode, stdout, stderr } = await server.home.run(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(words)
  })
})
