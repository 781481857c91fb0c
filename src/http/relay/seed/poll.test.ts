import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startClawLink } from '../../../../test/kit/clawlink.ts'
import { relayAgent } from '../../../../test/kit/relay-agent.ts'
import { authenticate } from '../../../accounts/authenticate.ts'
import type { App } from '../../../app.ts'
import { Fault } from '../../../core/errors.ts'
import { boxOf } from '../../../relay/box.ts'
import { claimMessages } from '../../../relay/messages/claim-messages.ts'
import { sendMessage } from '../../../relay/messages/send-message.ts'
import { createFeed } from '../feed.ts'
import { poll } from './poll.ts'

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await nextTurn()
}

test('what is stored for a connection that is gone meanwhile is not taken for arrived by a poll', async () => {
  await using claw = await startClawLink({ config: { roles: ['web'] }, connected: false })
  const [ann, bob] = [await relayAgent(claw, 'ann'), await relayAgent(claw, 'bob')]
  const { app } = claw
  const principal = await authenticate(app, bob.key)
  if (principal instanceof Fault) throw principal
  const box = boxOf(principal)
  const options = { window: 32, leaseMs: 600_000, isReady: () => true, mayStill: () => true }
  const feed = createFeed(app, box, {
    ...options,
    push: () => expect.fail(),
    failed: cause => expect.fail(String(cause)),
  })
  feed.more()
  await settled()
  const { promise: gate, resolve: go } = Promise.withResolvers<void>()
  // It is stored, and the answer that says so is on its way.
  const insert: App['db']['insert'] = async (table, row) => {
    const seq = await app.db.insert(table, row)
    await gate
    return seq
  }
  const from = { workspaceId: app.workspaceId, agentId: ann.id, device: 'desk' }
  const sending = sendMessage({ ...app, db: { ...app.db, insert } }, from, { to: 'bob', body: 'hello' })
  await settled()
  const closing = feed.close()
  const asked = { agentId: bob.id, waitMs: 0, gone: () => false, mayStill: async () => true }
  expect(await poll(app, principal, asked)).toMatchObject({ answer: { count: 0 } })
  go()
  expect(await sending).not.toBeInstanceOf(Fault)
  await closing
  const again = await claimMessages(app, box, { limit: 10, leaseMs: 1_000 })
  // The connection that never showed it does not count.
  expect(again).toMatchObject([{ body: 'hello', deliveries: 1 }])
})
