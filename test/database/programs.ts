/** What the other processes of these tests run: `node programs.ts <program> <data folder>`. */
import { once } from 'node:events'
import { join } from 'node:path'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { openDb } from '../../src/db/open.ts'
import { keyRingSource } from '../../src/vault/key-ring-source.ts'
import { openVault } from '../../src/vault/vault.ts'
import { usageRow } from '../kit/usage-row.ts'
import { mixWrites } from './mix-writes.ts'
import type { Program } from './other-process.ts'

const [program, dataDir = ''] = process.argv.slice(2)
const url = process.env.CLAWLINK_DATABASE_URL

async function open() {
  const db = await openDb({ dataDir, ...(url && { databaseUrl: new Secret(url) }) })
  if (db instanceof Fault) throw new Error(db.message)
  return db
}

const programs: Record<Program, () => Promise<void>> = {
  /** Says when everything is loaded, opens at our word, and stores one row. */
  async open() {
    console.log('loaded')
    await once(process.stdin, 'data')
    const db = await open()
    await db.insert('usage', usageRow({ call_id: `call_${process.pid}` }))
    await db.close()
    process.exit(0)
  },

  /** Says when everything is loaded; at our word opens a vault on the ring beside the data, and says which ring that is. */
  async 'open-vault'() {
    console.log('loaded')
    await once(process.stdin, 'data')
    const db = await open()
    const vault = await openVault(db, keyRingSource({ keyringFile: join(dataDir, 'keys', 'keyring.json') }), Date.now())
    if (vault instanceof Fault) throw new Error(vault.message)
    const row = { workspaceId: 'ws_1', connectionId: `conn_${process.pid}`, version: 1 }
    console.log(JSON.stringify({ row, sealed: vault.seal(row, new Secret('secret')) }))
    await db.close()
    process.exit(0)
  },

  /** Writes in every way at once, from our word on. */
  async mix() {
    const db = await open()
    console.log('open')
    await once(process.stdin, 'data')
    await mixWrites(db, String(process.pid))
    await db.close()
    process.exit(0)
  },

  /** Stays inside a transaction that has written a row. */
  async 'hold-transaction'() {
    const db = await open()
    await db.write(async tx => {
      await tx.insertInto('settings').values({ name: 'held', value: 'never committed' }).execute()
      console.log('inside')
      await once(process.stdin, 'data')
    })
  },

  /** Stores rows without pause, 16 at a time, and prints the id of each once it is told that it is stored. */
  async 'insert-for-ever'() {
    const db = await open()
    const insert = async (lane: number) => {
      for (let count = 0; ; count++) {
        const call_id = `call_${lane}_${count}`
        await db.insert('usage', usageRow({ call_id }))
        process.stdout.write(`${call_id}\n`)
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, lane) => insert(lane)))
  },
}

await programs[program as Program]() // as runOther gives it
