import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'

/** Everything that the database keeps, byte by byte: the files of SQLite, the tables of PostgreSQL. */
async function dump({ app, dataDir }: TestClawLink): Promise<Map<string, Buffer>> {
  if (app.db.dialect === 'sqlite') {
    const names = readdirSync(dataDir).filter(name => name.startsWith('clawlink.sqlite'))
    return new Map(names.map(name => [name, readFileSync(join(dataDir, name))]))
  }
  const tables = await app.db.read.introspection.getTables()
  const dumps = tables.map(async ({ name }) => {
    const rows = await app.db.read
      .selectFrom(name as 'usage')
      .selectAll()
      .execute() // any table: only its text matters
    return [name, Buffer.from(JSON.stringify(rows))] as const
  })
  return new Map(await Promise.all(dumps))
}

test('no secret is in what the database keeps: not a credential, not a key of an agent, not a key of the ring', async () => {
  await using claw = await startClawLink({ connected: false })
  const credential = claw.sandbox.apiKey
  await claw.connect({ secret: credential })
  expect((await claw.call('sandbox_whoami')).body.outcome).toBe('succeeded')
  expect(
    (await claw.call('sandbox_send_message', { to: ['x@y.example'], subject: 'Hi', text: credential })).status,
  ).toBe(200)
  await claw.call('sandbox_whoami', {}, { connection: claw.key })
  await claw.rest('POST', '/connections', { body: { provider: 'sandbox', secret: 'sbx_not_a_key', label: 'refused' } })

  const ring = JSON.parse(readFileSync(claw.app.config.keyringFile, 'utf8'))
  const secrets = { credential, refused: 'sbx_not_a_key', agentKey: claw.key, ringKey: String(ring.keys[1]) }
  const places = await dump(claw)
  expect([...places.keys()]).toEqual(
    expect.arrayContaining(
      claw.app.db.dialect === 'sqlite'
        ? ['clawlink.sqlite', 'clawlink.sqlite-wal', 'clawlink.sqlite-shm']
        : ['credentials', 'usage', 'keys'],
    ),
  )
  // It looks where the rows really are.
  expect([...places.values()].some(bytes => bytes.includes('sandbox_send_message'))).toBe(true)
  for (const [name, secret] of Object.entries(secrets)) {
    const forms = [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ]
    for (const [place, bytes] of places)
      for (const form of forms) expect(bytes.includes(form), `${name} in ${place}`).toBe(false)
  }
})

// Windows has no such modes.
test.runIf(process.platform !== 'win32')(
  'the folder of the database and all that is in it are for its owner only',
  async () => {
    await using claw = await startClawLink()
    const modes = readdirSync(claw.dataDir)
      .filter(name => name.startsWith('clawlink.sqlite'))
      .map(name => [name, statSync(join(claw.dataDir, name)).mode & 0o777])
    for (const [name, mode] of modes) expect(mode, String(name)).toBe(0o600)
    expect(statSync(claw.dataDir).mode & 0o777).toBe(0o700)
  },
)
