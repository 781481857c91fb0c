import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestClawLink } from './clawlink.ts'

/** The ways in which a text is written in logs, rows, URLs and headers. */
export function writtenForms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...['base64', 'base64url'].map(encoding => bytes.toString(encoding as BufferEncoding).replace(/=+$/, '')),
  ]
}

/** Everything that ClawLink gave out or kept, each under a name: answers, logs, every table, every file of its folder. */
export async function everythingOf(claw: TestClawLink): Promise<Map<string, string>> {
  const found = new Map([
    ['the answers', claw.answered()],
    ['the log', claw.logged()],
  ])
  for (const { name } of await claw.app.db.read.introspection.getTables()) {
    const table = name as 'usage' // any of the schema's, and those of others
    found.set(`the table ${name}`, JSON.stringify(await claw.app.db.read.selectFrom(table).selectAll().execute()))
  }
  for (const entry of readdirSync(claw.dataDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) found.set(`the file ${path}`, readFileSync(path, 'latin1'))
  }
  return found
}
