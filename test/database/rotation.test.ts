import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Credential } from '../../src/connections/credential.ts'
import { sealedColumns } from '../../src/connections/store-credential.ts'
import type { Config } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Db } from '../../src/db/db.ts'
import { newKeyRing, withNewKey, writeKeyRing } from '../../src/vault/key-ring.ts'
import { keyRingSource } from '../../src/vault/key-ring-source.ts'
import { type Rotation, rotateVault } from '../../src/vault/rotate.ts'
import { openSeal, putSeal } from '../../src/vault/sealed-rows.ts'
import { sealedTables } from '../../src/vault/sealed-tables.ts'
import { openVault } from '../../src/vault/vault.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { runCli } from '../kit/cli.ts'
import { stored } from '../kit/stored.ts'

/** More than two of the transactions in which a rotation goes on. */
const connectionCount = 450
const passphrase = new Secret('open sesame')

/** A running ClawLink with many connections to the sandbox, all with the one key that it has. Gives their ids. */
async function withConnections(claw: TestClawLink): Promise<string[]> {
  const { app } = claw
  const [model] = await app.db.read.selectFrom('connections').selectAll().execute()
  if (!model) throw new Error('the kit connects one')
  const ids = Array.from({ length: connectionCount - 1 }, (_, i) => `conn_${String(i).padStart(4, '0')}`)
  await app.db.write(async tx => {
    for (const id of ids) {
      const row = { ...model, id, label: id }
      await tx.insertInto('connections').values(row).execute()
      await tx
        .insertInto('credentials')
        .values({
          connection_id: id,
          workspace_id: app.workspaceId,
          ...sealedColumns(app, row, new Credential({ secret: claw.sandbox.apiKey }), 1),
          updated_at: 0,
          expires_at: null,
          renewable: 0,
          renew_after: 0,
          failures: 0,
          lease_owner: '',
          lease_until: 0,
        })
        .execute()
    }
  })
  return [...ids, model.id]
}

/** `clawlink vault rotate` in a process of its own, on the same data. */
function rotateElsewhere({ dataDir, app: { config } }: TestClawLink, env: Record<string, string> = {}) {
  return runCli(['vault', 'rotate', '--json', '--data', dataDir, '--keyring-file', config.keyringFile], {
    home: dataDir,
    env: {
      CLAWLINK_DATABASE_URL: config.databaseUrl?.reveal(),
      CLAWLINK_KEYRING_PASSPHRASE: config.keyringPassphrase?.reveal(),
      ...env,
    },
  })
}

async function rotateHere(db: Db, config: Config, progress?: (done: number) => void): Promise<Rotation> {
  const rotation = await rotateVault(db, keyRingSource(config), progress)
  if (rotation instanceof Fault) throw new Error(rotation.message)
  return rotation
}

async function ringVersions(claw: TestClawLink): Promise<Record<string, number>> {
  const rows = await claw.rows('credentials')
  return Object.fromEntries([...Map.groupBy(rows, row => row.ring_version)].map(([key, group]) => [key, group.length]))
}

/** The connections whose credential would not open after a restart: with the ring as it is on disk now. */
async function shut({ app, sandbox, rows }: TestClawLink): Promise<string[]> {
  const vault = await openVault(app.db, keyRingSource(app.config), 0)
  if (vault instanceof Fault) throw new Error(vault.message)
  const open = (row: Record<string, unknown>) =>
    vault.open(
      { workspaceId: app.workspaceId, connectionId: String(row.connection_id), version: Number(row.version) },
      { ringVersion: Number(row.ring_version), text: String(row.sealed) },
    )
  const opens = (row: Record<string, unknown>) => {
    const opened = open(row)
    return opened instanceof Secret && opened.reveal() === sandbox.apiKey
  }
  return (await rows('credentials')).filter(row => !opens(row)).map(row => String(row.connection_id))
}

/** Some of these, and the last. */
const someOf = (ids: readonly string[]) => ids.filter((_, i) => i % 25 === 0 || i === ids.length - 1)

/** One call by each of these connections; gives the ids of those that did not succeed. */
async function failing(claw: TestClawLink, ids: readonly string[]): Promise<string[]> {
  const outcomes = await Promise.all(
    ids.map(async id => [id, (await claw.call('sandbox_whoami', {}, { connection: id })).body.outcome] as const),
  )
  return outcomes.filter(([, outcome]) => outcome !== 'succeeded').map(([id]) => id)
}

describe('a rotation beside a running server', () => {
  test.each<[string, Partial<Config>]>([
    ['', {}],
    [', with the ring under a passphrase', { keyringPassphrase: passphrase }],
  ])('leaves no call unanswered, and every credential under the new key%s', async (_, config) => {
    await using claw = await startClawLink({ config })
    const ids = await withConnections(claw)
    expect(await failing(claw, ids.slice(0, 1))).toEqual([]) // the first call of a process takes longer than all others
    let going = true
    const failed: string[] = []
    let answered = 0
    const caller = async (first: number) => {
      for (let at = first; going; at += 7) {
        failed.push(...(await failing(claw, [ids[at % ids.length] ?? ''])))
        answered++
      }
    }
    const callers = Array.from({ length: 8 }, (_, i) => caller(i * 50))
    const { exitCode, stdout, stderr } = await rotateElsewhere(claw)
    const answeredMeanwhile = answered
    going = false
    await Promise.all(callers)

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ ringVersion: 2, madeKey: true, records: connectionCount, broken: [] })
    expect(answeredMeanwhile).toBeGreaterThan(20)
    expect(failed).toEqual([])
    expect(await ringVersions(claw)).toEqual({ 2: connectionCount })
    expect([...(await shut(claw)), ...(await failing(claw, someOf(ids)))]).toEqual([])
    await claw.connect({ label: 'after the rotation' })
    expect(await ringVersions(claw)).toEqual({ 2: connectionCount + 1 })
  })

  test('is one of several at once without a key or a credential being lost', async () => {
    await using claw = await startClawLink()
    const ids = await withConnections(claw)
    const ends = await Promise.all([rotateElsewhere(claw), rotateElsewhere(claw), rotateElsewhere(claw)])
    for (const { exitCode, stderr } of ends) {
      if (exitCode !== 0) expect(stderr).toContain('Another process is changing the key ring')
    }
    expect(ends.filter(({ exitCode }) => exitCode === 0).length).toBeGreaterThan(0)
    expect(Object.keys(await ringVersions(claw))).toHaveLength(1)
    expect([...(await shut(claw)), ...(await failing(claw, someOf(ids)))]).toEqual([])
  })
})

describe('a rotation', () => {
  test('pauses between its transactions, so that others have their turn', async () => {
    await using claw = await startClawLink()
    await withConnections(claw)
    let turns = 0
    const turn = () => {
      turns++
      next = setImmediate(turn)
    }
    let next = setImmediate(turn)
    const turnOfEach: number[] = []
    await rotateHere(claw.app.db, claw.app.config, () => turnOfEach.push(turns))
    clearImmediate(next)
    expect(turnOfEach.length).toBeGreaterThan(3)
    expect(new Set(turnOfEach).size).toBe(turnOfEach.length)
  })

  test('is refused while another one runs, and changes nothing', async () => {
    await using claw = await startClawLink()
    const before = [await claw.rows('credentials'), readFileSync(claw.app.config.keyringFile, 'utf8')]
    const other = keyRingSource(claw.app.config).writing?.lock()
    if (!other || other instanceof Fault) throw new Error('nobody else holds it')
    const refused = await rotateVault(claw.app.db, keyRingSource(claw.app.config))
    other.release()
    expect(refused).toMatchObject({ code: 'conflict', message: expect.stringContaining('Another process is changing') })
    expect([await claw.rows('credentials'), readFileSync(claw.app.config.keyringFile, 'utf8')]).toEqual(before)
    expect(await rotateHere(claw.app.db, claw.app.config)).toMatchObject({ ringVersion: 2, records: 1 })
  })

  test('that is interrupted half-way leaves every credential open, and the next one brings all under one key', async () => {
    await using claw = await startClawLink()
    const ids = await withConnections(claw)
    const interrupted = rotateHere(claw.app.db, claw.app.config, done => {
      if (done > 0) throw new Error('interrupted')
    })
    await expect(interrupted).rejects.toThrow('interrupted')
    const versions = await ringVersions(claw)
    expect(Object.keys(versions)).toEqual(['1', '2'])
    expect([...(await shut(claw)), ...(await failing(claw, someOf(ids)))]).toEqual([])

    const told: number[] = []
    const again = await rotateHere(claw.app.db, claw.app.config, done => told.push(done))
    expect(again).toEqual({ ringVersion: 3, madeKey: true, records: connectionCount, broken: [] })
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).toBe(connectionCount)
    expect(await ringVersions(claw)).toEqual({ 3: connectionCount })
    expect([...(await shut(claw)), ...(await failing(claw, someOf(ids)))]).toEqual([])
  })

  test('names the credentials that do not open with any key, leaves them as they are, and goes on with the others', async () => {
    await using claw = await startClawLink()
    const ids = await withConnections(claw)
    const { db } = claw.app
    const stored = async () => new Map((await claw.rows('credentials')).map(row => [row.connection_id, row]))
    const before = await stored()
    const changes: Record<string, object> = {
      conn_0003: { sealed: 'garbage' },
      conn_0200: { sealed: before.get('conn_0201')?.sealed },
      conn_0300: { ring_version: 9 },
      conn_0400: { version: 2 },
    }
    await db.write(async tx => {
      for (const [id, change] of Object.entries(changes))
        await tx.updateTable('credentials').set(change).where('connection_id', '=', id).execute()
    })
    const spoilt = await stored()
    const rotation = await rotateHere(db, claw.app.config)
    const broken = Object.keys(changes)
    expect(rotation).toEqual({ ringVersion: 2, madeKey: true, records: connectionCount - broken.length, broken })
    for (const id of broken) expect((await stored()).get(id)).toEqual(spoilt.get(id))
    expect((await shut(claw)).toSorted()).toEqual(broken)
    expect((await failing(claw, [...someOf(ids), ...broken])).filter(id => !broken.includes(id))).toEqual([])
  })

  test('brings everything that is sealed under the new key, whatever it belongs to, and nothing in the place of what is newer', async () => {
    await using claw = await startClawLink()
    const { app } = claw
    const record = { id: 'oauth_1', workspaceId: '', version: 3 }
    const sealed = app.vault.seal({ ...record, connectionId: record.id }, new Secret('a grant'))
    await app.db.write(async tx => {
      for (let i = 0; i < 250; i++)
        await putSeal(tx, app.vault, { id: `call_${i}`, workspaceId: app.workspaceId, text: `text ${i}` })
      await tx
        .insertInto('oauth_records')
        .values({
          id: record.id,
          model: 'Grant',
          grant_id: '',
          uid: '',
          user_code: '',
          version: record.version,
          ring_version: sealed.ringVersion,
          sealed: sealed.text,
          consumed_at: null,
          expires_at: null,
        })
        .execute()
    })
    expect(await rotateHere(app.db, app.config)).toEqual({ ringVersion: 2, madeKey: true, records: 252, broken: [] })
    const seals = await app.db.read.selectFrom('seals').selectAll().execute()
    expect(new Set(seals.map(row => row.ring_version))).toEqual(new Set([2]))
    const texts = seals.map(row => openSeal(app.vault, row)).map(text => text instanceof Secret && text.reveal())
    expect(texts).toEqual(seals.map(({ id }) => id.replace('call_', 'text ')))
    const [row] = await app.db.read.selectFrom('oauth_records').selectAll().execute()
    const opened = app.vault.open(
      { ...record, connectionId: record.id },
      { ringVersion: row?.ring_version ?? 0, text: row?.sealed ?? '' },
    )
    expect(row?.ring_version).toBe(2)
    expect(opened instanceof Secret && opened.reveal()).toBe('a grant')

    const before = await stored(claw, ['credentials', 'seals', 'oauth_records'])
    await app.db.write(async tx => {
      for (const table of sealedTables)
        for (const { subject } of await table.notUnder(tx, 0, ''))
          await table.save(
            tx,
            { subject, sealed: { ringVersion: 1, text: 'as it was' } },
            { ringVersion: 9, text: 'old' },
          )
    })
    expect(await stored(claw, ['credentials', 'seals', 'oauth_records'])).toBe(before)
  })

  test('never opens the secrets, and keeps the older keys in the ring for backups', async () => {
    await using claw = await startClawLink()
    const [before] = await claw.rows('credentials')
    const ringBefore = JSON.parse(readFileSync(claw.app.config.keyringFile, 'utf8'))
    await rotateHere(claw.app.db, claw.app.config)
    const [after] = await claw.rows('credentials')
    const record = (row: Record<string, unknown> | undefined) => Buffer.from(String(row?.sealed), 'base64').subarray(60)
    expect(record(after).equals(record(before))).toBe(true)
    expect(after?.sealed).not.toBe(before?.sealed)
    const ring = JSON.parse(readFileSync(claw.app.config.keyringFile, 'utf8'))
    expect(ring).toMatchObject({ id: ringBefore.id, active: 2, keys: ringBefore.keys })
    expect(Object.keys(ring.keys)).toEqual(['1', '2'])
  })

  test('of a ring that ClawLink cannot write wraps with the key that the operator made active', async () => {
    const first = newKeyRing(0)
    const second = withNewKey(first)
    const textOf = (ring: typeof first) => new Secret(writeKeyRing(ring, undefined))
    // The operator has added a key, not yet the active one, before the server was started.
    await using claw = await startClawLink({ config: { keyring: textOf({ ...second, active: 1 }) } })
    const ids = await withConnections(claw)
    const { exitCode, stdout } = await rotateElsewhere(claw, { CLAWLINK_KEYRING: textOf(second).reveal() })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ ringVersion: 2, madeKey: false, records: connectionCount, broken: [] })
    expect(await ringVersions(claw)).toEqual({ 2: connectionCount })
    expect([...(await shut(claw)), ...(await failing(claw, someOf(ids)))]).toEqual([])
  })

  test.each<[string, (claw: TestClawLink) => Partial<Config>, string]>([
    [
      'there is no ring',
      ({ dataDir }) => ({ keyringFile: `${dataDir}/none.json` }),
      'There is no key ring in the file',
    ],
    [
      'the ring is of another database',
      () => ({ keyring: new Secret(writeKeyRing(newKeyRing(0), undefined)) }),
      'is not the one of this database',
    ],
    ['the passphrase is missing or wrong', () => ({ keyringPassphrase: new Secret('wrong') }), 'A passphrase is set'],
  ])('is refused when %s, and changes nothing', async (_, settings, said) => {
    await using claw = await startClawLink()
    const before = [await claw.rows('credentials'), readFileSync(claw.app.config.keyringFile, 'utf8')]
    const refused = await rotateVault(claw.app.db, keyRingSource({ ...claw.app.config, ...settings(claw) }))
    expect(refused).toMatchObject({ message: expect.stringContaining(said) })
    expect([await claw.rows('credentials'), readFileSync(claw.app.config.keyringFile, 'utf8')]).toEqual(before)
  })
})
