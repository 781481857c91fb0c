import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { TestClawLink } from './clawlink.ts'

/**
 * One ClawLink for all tests of this file or `describe`, for those that leave nothing behind but requests and usage: each
 * finds none of these yet.
 */
export function sharedClaw<Claw extends TestClawLink>(start: () => Promise<Claw>): () => Claw {
  let claw: Claw
  beforeAll(async () => {
    claw = await start()
  })
  beforeEach(async () => {
    claw.sandbox.takeRequests()
    await claw.app.db.write(tx => tx.deleteFrom('usage').execute())
  })
  afterAll(() => claw[Symbol.asyncDispose]())
  return () => claw
}
