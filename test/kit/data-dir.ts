import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../src/core/errors.ts'
import { openDb } from '../../src/db/open.ts'

const fileName = 'clawlink.sqlite'

/** A database with all of its tables and without a row, made once per process: a copy is there in no time. */
let template: Promise<string> | undefined

/** A data folder of its own, with an empty database where the tests run on SQLite. */
export async function newDataDir(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'clawlink-test-'))
  if (process.env.CLAWLINK_TEST_DIALECT === 'postgres') return dataDir
  template ??= makeTemplate()
  copyFileSync(await template, join(dataDir, fileName))
  chmodSync(join(dataDir, fileName), 0o600)
  return dataDir
}

async function makeTemplate(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'clawlink-template-'))
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  const db = await openDb({ dataDir })
  if (db instanceof Fault) throw new Error(db.message)
  await db.close()
  return join(dataDir, fileName)
}
