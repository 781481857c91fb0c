import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Db } from '../../src/db/db.ts'
import { newKeyRing, withNewKey, writeKeyRing } from '../../src/vault/key-ring.ts'
import { type KeyRingSettings, keyRingSource } from '../../src/vault/key-ring-source.ts'
import { openVault, type Vault } from '../../src/vault/vault.ts'
import { type DbPlace, openTestDb } from '../kit/open-db.ts'
import { runOther } from './other-process.ts'

const subject = { workspaceId: 'ws_1', connectionId: 'conn_1', version: 1 }
const secret = new Secret('sk_live_the_secret')
const passphrase = new Secret('open sesame')
const ringPath = ({ dataDir }: DbPlace) => join(dataDir, 'keys', 'keyring.json')

async function opened(db: Db, settings: KeyRingSettings): Promise<Vault> {
  const vault = await openVault(db, keyRingSource(settings), 0)
  if (vault instanceof Fault) throw new Error(vault.message)
  return vault
}

/** Everything that a refusal might have changed. */
async function traces(place: DbPlace & { db: Db }) {
  const keys = dirname(ringPath(place))
  const names = readdirSync(place.dataDir).includes('keys') ? readdirSync(keys) : []
  const settings = await place.db.read.selectFrom('settings').selectAll().orderBy('name').execute()
  return { files: names.map(name => [name, readFileSync(join(keys, name), 'utf8')]), settings }
}

test('a new database gets a key ring of its own, and every later opening uses that one', async () => {
  await using place = await openTestDb()
  const settings = { keyringFile: ringPath(place) }
  const vault = await opened(place.db, settings)
  const sealed = vault.seal(subject, secret)
  const { id } = JSON.parse(readFileSync(ringPath(place), 'utf8'))
  expect(await place.db.read.selectFrom('settings').selectAll().execute()).toEqual([{ name: 'key_ring_id', value: id }])
  const again = await opened(await place.open(), settings)
  expect(again.open(subject, sealed)).toEqual(secret)
  expect(JSON.parse(readFileSync(ringPath(place), 'utf8')).id).toBe(id)
})

test('processes that start on a new database at the same moment share one key ring, and none seals with a lost one', async () => {
  await using place = await openTestDb()
  const others = Array.from({ length: 4 }, () => runOther('open-vault', place))
  for (const other of others) expect(await other.nextLine()).toBe('loaded')
  for (const other of others) other.go()
  const seals = await Promise.all(others.map(async other => JSON.parse((await other.nextLine()) ?? '{}')))
  expect(await Promise.all(others.map(other => other.ended))).toEqual([0, 0, 0, 0])
  const vault = await opened(place.db, { keyringFile: ringPath(place) })
  for (const { row, sealed } of seals) expect(vault.open(row, sealed)).toEqual(new Secret('secret'))
})

type Refusal = {
  what: string
  /** What happens to the ring file. */
  spoil?: (path: string) => void
  /** With what the database is opened beside the ring file. */
  settings?: Partial<KeyRingSettings>
  message: (path: string, id: string) => string
  fix: string
}

const otherRing = newKeyRing(0)
const refusals: Refusal[] = [
  {
    what: 'the key ring is missing',
    spoil: path => rmSync(path),
    message: (path, id) =>
      `The key ring is missing: the file ${path} holds none, and credentials here are sealed with the ring ${id}.`,
    fix: 'Restore the key ring from its backup.',
  },
  {
    what: 'another key ring is in its place',
    spoil: path => writeFileSync(path, writeKeyRing(otherRing, undefined)),
    message: (path, id) =>
      `The key ring is the wrong one: the file ${path} holds ${otherRing.id}, and credentials here are sealed with ${id}.`,
    fix: 'Point CLAWLINK_KEYRING_FILE at the right ring',
  },
  {
    what: 'other users can read it',
    spoil: path => chmodSync(path, 0o644),
    message: path => `The key ring in the file ${path} can be read by other users.`,
    fix: 'Run: chmod 600 ',
  },
  {
    what: 'it holds garbage',
    spoil: path => writeFileSync(path, 'garbage'),
    message: path => `What the file ${path} holds is not a key ring.`,
    fix: 'Do not make a new one',
  },
  {
    what: 'it is protected and no passphrase is given',
    spoil: protect,
    message: path => `The key ring in the file ${path} is protected by a passphrase.`,
    fix: 'Set CLAWLINK_KEYRING_PASSPHRASE.',
  },
  {
    what: 'it is protected by another passphrase',
    spoil: protect,
    settings: { keyringPassphrase: new Secret('wrong') },
    message: path => `The passphrase does not open the key ring in the file ${path}.`,
    fix: 'Check CLAWLINK_KEYRING_PASSPHRASE.',
  },
  {
    what: 'a passphrase is given and it is not protected',
    settings: { keyringPassphrase: passphrase },
    message: path => `A passphrase is set, but the key ring in the file ${path} is not protected by one.`,
    fix: 'clawlink vault protect',
  },
  {
    what: 'the key ring command fails',
    settings: { keyringCommand: `${process.execPath} --eval process.exit(1)` },
    message: () => `The key ring command "${process.execPath}" failed.`,
    fix: 'Run it by hand',
  },
  {
    what: 'the ring in the environment is malformed',
    settings: { keyring: new Secret('{"id":') },
    message: () => 'What CLAWLINK_KEYRING holds is not a key ring.',
    fix: 'Restore the key ring from its backup.',
  },
  {
    what: 'the ring in the environment is another one',
    settings: { keyring: new Secret(writeKeyRing(otherRing, undefined)) },
    message: (_, id) =>
      `The key ring is the wrong one: CLAWLINK_KEYRING holds ${otherRing.id}, and credentials here are sealed with ${id}.`,
    fix: 'or restore it from its backup.',
  },
]

function protect(path: string): void {
  const ring = keyRingSource({ keyringFile: path }).load()
  if (!ring || ring instanceof Fault) throw new Error('the ring was just made')
  writeFileSync(path, writeKeyRing(ring, passphrase))
}

describe('a database that has a key ring is not opened, and nothing is made or changed, when', () => {
  test.each(refusals)('$what', async ({ spoil, settings, message, fix }) => {
    await using place = await openTestDb()
    const keyringFile = ringPath(place)
    await opened(place.db, { keyringFile })
    rmSync(`${keyringFile}.lock`, { force: true })
    const text = readFileSync(keyringFile, 'utf8')
    const { id } = JSON.parse(text)
    spoil?.(keyringFile)
    const before = await traces(place)
    const refused = await openVault(place.db, keyRingSource({ keyringFile, ...settings }), 0)
    if (!(refused instanceof Fault)) throw new Error('it was opened')
    expect(refused.message).toBe(message(keyringFile, id))
    expect(refused.fix).toContain(fix)
    expect(`${refused.message} ${refused.fix}`).not.toContain(JSON.parse(text).keys[1])
    expect(await traces(place)).toEqual(before)
  })
})

describe('a new database is not opened with a ring that is refused, and remembers none, when', () => {
  const unfit = refusals.filter(({ what }) => !/missing|another|other one/.test(what))
  test.each(unfit)('$what', async ({ spoil, settings, message }) => {
    await using place = await openTestDb()
    const keyringFile = ringPath(place)
    mkdirSync(dirname(keyringFile))
    writeFileSync(keyringFile, writeKeyRing(newKeyRing(0), undefined), { mode: 0o600 })
    spoil?.(keyringFile)
    const before = await traces(place)
    const refused = await openVault(place.db, keyRingSource({ keyringFile, ...settings }), 0)
    expect(refused).toMatchObject({ message: message(keyringFile, '') })
    expect(await traces(place)).toEqual(before)
    expect(before.settings).toEqual([])
  })
})

test('a record that is sealed with a key that the ring lacks says so, and makes the ring be loaded once, not by every call', async () => {
  await using place = await openTestDb()
  const ring = newKeyRing(0)
  let loads = 0
  const source = {
    name: 'the test',
    load: () => {
      loads++
      return ring
    },
  }
  const vault = await openVault(place.db, source, 0)
  if (vault instanceof Fault) throw new Error(vault.message)
  const ahead = withNewKey(ring)
  const sealedAhead = (
    await opened(place.db, { keyringFile: '', keyring: new Secret(writeKeyRing(ahead, undefined)) })
  ).seal(subject, secret)
  loads = 0
  for (let call = 0; call < 5; call++) {
    expect(vault.open(subject, sealedAhead)).toMatchObject({
      code: 'internal',
      message: 'The credential of conn_1 is sealed with key 2 of the ring, which this ClawLink does not have.',
      fix: 'See that the test holds the present key ring, and start ClawLink again.',
    })
  }
  expect(loads).toBe(1)
})
