import { join } from 'node:path'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { createKey } from '../../src/accounts/create-key.ts'
import { openApp } from '../../src/app.ts'
import { addConnection } from '../../src/connections/add-connection.ts'
import { configSchema } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Db } from '../../src/db/db.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { type CliServer, startCli } from '../kit/cli.ts'
import { type DbPlace, emptyDatabase } from '../kit/open-db.ts'
import type { Told } from './callers.ts'

/** One data folder, its database and its provider, through many lives of the server. */
export type Lane = {
  sandbox: Sandbox
  /** Connects the sandbox and makes a key, without a server. */
  prepare(): Promise<string>
  /** The real server, as a process of its own. */
  start(): Promise<CliServer>
  /** Its database as another process sees it; to be closed. */
  openDb(): Promise<Db>
  /** The arguments and variables that `start` gives. */
  command: { args: string[]; home: string; env: Record<string, string | undefined> }
  /** Holds what callers were told against what is stored, and the database against itself. */
  check(told: readonly Told[]): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openLane(): Promise<Lane> {
  const place = await emptyDatabase()
  const sandbox = await startSandbox({ now: Date.now })
  const { dataDir, settings } = place
  const keyringFile = join(dataDir, 'keys', 'keyring.json')
  const command = {
    args: ['--data', dataDir, '--keyring-file', keyringFile, '--port', '0', '--base-urls', `sandbox=${sandbox.url}`],
    home: dataDir,
    env: { CLAWLINK_DATABASE_URL: settings.databaseUrl?.reveal() },
  }
  return {
    sandbox,
    command,
    start: () => startCli(command.args, command),
    prepare: () => connectAndMakeKey(place, keyringFile, sandbox),
    openDb: place.open,
    check: told => check(place, told),
    async [Symbol.asyncDispose]() {
      await sandbox.stop()
      await place[Symbol.asyncDispose]()
    },
  }
}

async function connectAndMakeKey({ settings }: DbPlace, keyringFile: string, sandbox: Sandbox): Promise<string> {
  const config = configSchema.parse({ dataDir: settings.dataDir, keyringFile, logLevel: 'silent' })
  const { app, close } = orThrow(await openApp({ ...config, ...settings, baseUrls: { sandbox: sandbox.url } }))
  const { workspaceId } = app
  const secret = new Secret(sandbox.apiKey)
  orThrow(await addConnection(app, workspaceId, { provider: 'sandbox', secret, environment: 'live' }))
  const made = orThrow(await createKey(app.db, Date.now(), { workspaceId, agent: 'caller', environment: 'live' }))
  await close()
  return made.key.reveal()
}

async function check(place: DbPlace, told: readonly Told[]): Promise<void> {
  const db = await place.open()
  if (db.dialect === 'sqlite') {
    expect((await sql`PRAGMA integrity_check`.execute(db.read)).rows).toEqual([{ integrity_check: 'ok' }])
  }
  const stored = Map.groupBy(await rowsOf(db, told), row => row.call_id)
  const wrong = told.filter(({ callId, ...expected }) => {
    const rows = stored.get(callId) ?? []
    const [row] = rows
    return rows.length !== 1 || !row || Object.entries(expected).some(([key, value]) => row[key as 'code'] !== value)
  })
  expect(wrong.map(each => ({ told: each, stored: stored.get(each.callId) }))).toEqual([])
  await db.close()
}

async function rowsOf(db: Db, told: readonly Told[]) {
  const ids = told.map(({ callId }) => callId)
  if (!ids.length) return []
  return db.read
    .selectFrom('usage')
    .select(['call_id', 'surface', 'outcome', 'code'])
    .where('call_id', 'in', ids)
    .execute()
}

function orThrow<T>(value: T | Fault): T {
  if (value instanceof Fault) throw new Error(value.message)
  return value
}
