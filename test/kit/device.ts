import { hash, randomBytes } from 'node:crypto'
import type { RestAnswer, TestClawLink } from './clawlink.ts'

/** A machine without a key, as it pairs. */
export type Device = {
  id: string
  userCode: string
  verifier: string
  /** What the start answered. */
  started: RestAnswer
  /** Waits, by the clock, as long as it has to, and polls; with another verifier if one is given. */
  poll(verifier?: string): Promise<RestAnswer>
}

export const challengeOf = (verifier: string) => hash('sha256', verifier, 'base64url')

/** Starts a pairing over REST. Its starts are further apart than any limit asks for. */
export async function startDevice(
  claw: TestClawLink,
  wish: { label?: string; host?: string; environment?: string; scope?: object } = {},
): Promise<Device> {
  claw.clock.move(60_000)
  const verifier = randomBytes(32).toString('base64url')
  const started = await claw.rest('POST', '/pairings', {
    key: null,
    body: { label: 'a device', challenge: challengeOf(verifier), ...wish },
  })
  const id = String(started.body.id)
  return {
    id,
    userCode: String(started.body.userCode),
    verifier,
    started,
    poll(as = verifier) {
      claw.clock.move(Number(started.body.intervalMs))
      return claw.rest('POST', `/pairings/${id}/poll`, { key: null, body: { verifier: as } })
    },
  }
}
