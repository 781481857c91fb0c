/** What opens with a connection and with nothing else. */
import { describe, expect, test } from 'vitest'
import { startClawLink } from '../kit/clawlink.ts'
import { account, letter, otherAccount } from './tools.ts'

describe('a sealed credential', () => {
  test('that was swapped with another connection’s does not open, and nothing is sent', async () => {
    await using claw = await startClawLink({ connected: false })
    const first = await claw.connect({ label: 'first', secret: account.apiKey })
    const second = await claw.connect({ label: 'second', secret: otherAccount.apiKey })
    claw.sandbox.takeRequests()
    const sealed = new Map((await claw.rows('credentials')).map(row => [row.connection_id, String(row.sealed)]))
    const other = await claw.otherProcess()
    const put = (id: string, text = '') =>
      other.write(tx => tx.updateTable('credentials').set({ sealed: text }).where('connection_id', '=', id).execute())
    await put(first.id, sealed.get(second.id))
    await put(second.id, sealed.get(first.id))
    for (const label of ['first', 'second']) {
      const answer = await claw.call('sandbox_send_message', letter, { connection: label })
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal', outcome: 'failed' } })
    }
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('usage')).toMatchObject([
      { outcome: 'failed', code: 'internal', attempts: 0 },
      { outcome: 'failed', code: 'internal', attempts: 0 },
    ])
    await put(first.id, sealed.get(first.id))
    expect((await claw.call('sandbox_whoami', {}, { connection: 'first' })).body.data).toMatchObject({
      email: account.email,
    })
  })

  test.each([
    ['moved to another workspace', { workspace_id: 'ws_other' }],
    ['said to be of another version', { version: 2 }],
    ['said to be of another key of the ring', { ring_version: 7 }],
    ['cut short', { sealed: 'AAAA' }],
    ['empty', { sealed: '' }],
  ])('that was %s does not open, and nothing is sent', async (_, change) => {
    await using claw = await startClawLink()
    const other = await claw.otherProcess()
    await other.write(tx => tx.updateTable('credentials').set(change).execute())
    const answer = await claw.call('sandbox_whoami')
    expect(answer.status).toBe(500)
    expect(claw.sandbox.requests).toEqual([])
    expect(answer.text + claw.logged()).not.toContain(claw.sandbox.apiKey)
  })

  test('of a connection that was moved to another workspace does not open', async () => {
    await using claw = await startClawLink()
    const other = await claw.otherProcess()
    await other.write(async tx => {
      await tx.insertInto('workspaces').values({ id: 'ws_other', name: 'Other', created_at: 0 }).execute()
      await tx
        .insertInto('agents')
        .values({ id: 'agt_other', workspace_id: 'ws_other', name: 'a', created_at: 0, created_by: '' })
        .execute()
      await tx.updateTable('keys').set({ workspace_id: 'ws_other', agent_id: 'agt_other' }).execute()
      await tx.updateTable('connections').set({ workspace_id: 'ws_other' }).execute()
      await tx.updateTable('credentials').set({ workspace_id: 'ws_other' }).execute()
    })
    claw.clock.move(1000)
    expect(await claw.call('sandbox_whoami')).toMatchObject({ status: 500, body: { code: 'internal' } })
    expect(claw.sandbox.requests).toEqual([])
  })
})
