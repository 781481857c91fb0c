/** What becomes of calls that run when their caller leaves or ClawLink stops. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { letter } from './tools.ts'

/** Calls a tool from a client that can hang up. */
function callAndLeave({ url, key }: TestClawLink, tool: string, args: object): () => void {
  const calling = request(`${url}/api/v1/tools/${tool}/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  })
  calling.on('error', () => {})
  calling.end(JSON.stringify({ arguments: args }))
  return () => calling.destroy()
}

test('a call goes on and is recorded when its caller hangs up', async () => {
  await using claw = await startClawLink()
  claw.sandbox.script({ kind: 'hang' })
  const hangUp = callAndLeave(claw, 'sandbox_send_message', letter)
  await claw.sandbox.received(1)
  hangUp()
  claw.clock.move(claw.app.config.callTimeoutMs)
  await expect.poll(() => claw.rows('usage')).toMatchObject([{ outcome: 'unknown', code: 'outcome_unknown' }])
  expect(claw.sandbox.requests).toHaveLength(1)
})

test('a call that ends while ClawLink stops is answered and recorded', async () => {
  await using claw = await startClawLink({ config: { stopGraceMs: 20_000 } })
  const other = await claw.otherProcess()
  claw.sandbox.script({ kind: 'slow', ms: 100 })
  const calling = claw.call('sandbox_send_message', letter)
  await claw.sandbox.received(1)
  const stopping = claw.stopServing()
  expect(await calling).toMatchObject({ status: 200, body: { outcome: 'succeeded' } })
  await stopping
  expect(await other.read.selectFrom('usage').select('outcome').execute()).toEqual([{ outcome: 'succeeded' }])
})

test('a write that is cut off when ClawLink stops is recorded as unknown', async () => {
  await using claw = await startClawLink({ config: { stopGraceMs: 0 } })
  const other = await claw.otherProcess()
  claw.sandbox.script({ kind: 'hang' })
  const calling = claw.call('sandbox_send_message', letter).catch(() => 'cut off')
  await claw.sandbox.received(1)
  await claw.stopServing()
  expect(await calling).toBe('cut off')
  expect(await other.read.selectFrom('usage').select(['outcome', 'code']).execute()).toEqual([
    { outcome: 'unknown', code: 'outcome_unknown' },
  ])
})

test('a server that has stopped takes no more calls', async () => {
  await using claw = await startClawLink()
  await claw.stopServing()
  await expect(claw.call('sandbox_whoami')).rejects.toThrow()
  expect(claw.sandbox.requests).toEqual([])
})
