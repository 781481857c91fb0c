import { openApp } from '../../src/app.ts'
import { buildCatalog } from '../../src/catalog/catalog.ts'
import { connectors } from '../../src/connectors/index.ts'
import type { Config } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'
import { createNet } from '../../src/net/send.ts'
import { startWorker } from '../../src/roles/worker.ts'
import { openAccounts } from '../../src/sandbox/accounts.ts'
import { type StartOptions, startClawLink, type TestClawLink } from './clawlink.ts'
import { type Member, signIn } from './member.ts'
import { withOwnMemory } from './own-memory.ts'
import { sentOf } from './scenario.ts'

const [account] = openAccounts(1, 0, undefined).all
const paid = account.store.payments.find(payment => payment.amount_refunded === 0 && payment.amount > 10_000)?.id ?? ''

/** Destructive, and each time it is sent it pays back again. */
export const refund = {
  tool: 'sandbox_refund_payment',
  arguments: { id: paid, amount: 1 },
  sent: [`POST /payments/${paid}/refund`, { amount: 1 }],
}

/** Destructive, and twice is like once. */
export const removal = {
  tool: 'sandbox_delete_message',
  arguments: { id: account.store.messages[0]?.id ?? '' },
  sent: `DELETE /mail/messages/${account.store.messages[0]?.id}`,
}

export type ParkedClaw = TestClawLink & { ada: Member }

/** A ClawLink with its standard policy and a member, Ada. */
export async function startWithMember(options: StartOptions = {}): Promise<ParkedClaw> {
  const claw = await startClawLink({ policy: 'standard', ...options })
  return Object.assign(claw, { ada: await signIn(claw, { name: 'Ada', role: 'owner' }) })
}

export type Parked = { callId: string; approvalId: string; link: string; expiresAt: string }

/** Calls what has to be approved first, and gives what the agent was told. */
export async function park(
  claw: TestClawLink,
  { tool, arguments: args, why, key }: { tool: string; arguments: object; why?: string; key?: string } = refund,
): Promise<Parked> {
  const { status, body } = await claw.rest('POST', `/tools/${tool}/calls`, {
    body: { arguments: args, ...(why !== undefined && { why }) },
    ...(key !== undefined && { key }),
  })
  if (status !== 202) throw new Error(`not parked: ${JSON.stringify(body)}`)
  return body as Parked // as the OpenAPI document says of a problem with this code
}

export const approve = (claw: ParkedClaw, { approvalId }: Parked, body: object = { for: 'once' }) =>
  claw.ada.rest('POST', `/approvals/${approvalId}/approve`, body)

/** Another process on the same database, with what it is told differently. It works on jobs while it lives. */
export async function startWorkerElsewhere(claw: TestClawLink, config: Partial<Config> = {}) {
  const opened = await openElsewhere(claw, { ...claw.app.config, ...config })
  const worker = await startWorker(opened.app)
  return {
    app: opened.app,
    async [Symbol.asyncDispose]() {
      await worker.stop()
      await opened.close()
    },
  }
}

/**
 * What another process would have in its memory. On SQLite it shares the handle: one that waits for another's lock keeps
 * the whole thread, and with it the holder, from going on.
 */
async function openElsewhere({ app, clock }: TestClawLink, config: Config) {
  if (app.db.dialect === 'sqlite') {
    const net = createNet(
      { ...config, outboundAllow: Object.values(config.baseUrls).map(url => new URL(url).host) },
      clock,
    )
    const catalog = buildCatalog(connectors, config.baseUrls)
    const other = await withOwnMemory({ ...app, config, net, catalog })
    return { app: other, close: net.close }
  }
  const opened = await openApp(config, { clock, log: app.log })
  if (opened instanceof Fault) throw new Error(opened.message)
  return opened
}

/** How far the call is, after up to a minute of the clock, which stands still unless a test moves it. */
export const progress = async (claw: TestClawLink, { callId }: Parked, wait = 60) =>
  (await claw.rest('GET', `/calls/${callId}?wait=${wait}`)).body

/** What reached the provider. */
export const sent = (claw: TestClawLink) => claw.sandbox.requests.map(sentOf)
