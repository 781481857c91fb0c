/** Another process that writes to the audit record: `node audit-writer.ts <data folder> <name> <how many>`. */
import { recordAudit, system } from '../../src/accounts/audit.ts'
import { Fault } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { openDb } from '../../src/db/open.ts'

const [dataDir = '', name = '', count = '0'] = process.argv.slice(2)
const url = process.env.CLAWLINK_DATABASE_URL
const db = await openDb({ dataDir, ...(url && { databaseUrl: new Secret(url) }) })
if (db instanceof Fault) throw new Error(db.message)

const record = (i: number) =>
  db.write(tx =>
    recordAudit(tx, i, { workspaceId: 'ws_1', actor: system, action: 'test.done', target: `${name} ${i}` }),
  )
await Promise.all(Array.from({ length: Number(count) }, (_, i) => record(i)))
await db.close()
process.exit(0)
