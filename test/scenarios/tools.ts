/** The calls that the scenarios are told with: one for each way in which repeating a request matters, and its request. */
import { openAccounts } from '../../src/sandbox/accounts.ts'
import type { Scenario } from '../kit/scenario.ts'

type Told = Required<Pick<Scenario, 'tool' | 'args' | 'sent'>>

/** The sandbox's first account as every test starts it: the seed decides its keys, ids and names. */
export const [account, otherAccount] = openAccounts(1, 0, undefined).all
const customer = account.store.customers[0]?.id ?? ''
const issue = account.store.issues.find(({ state }) => state === 'open') ?? { project: '', number: 0 }

export const letter = { to: ['zoe@gable.example'], subject: 'Planted subject', text: 'It arrived, thank you.' }
export const payment = { amount: 1250, currency: 'eur', customer }

export const read: Told = { tool: 'sandbox_list_folders', args: {}, sent: ['GET /mail/folders'] }

/** Each time it is sent another letter goes out. */
export const write: Told = { tool: 'sandbox_send_message', args: letter, sent: [['POST /mail/messages', letter]] }

/** Sent twice it leaves the same state. */
export const repeatableWrite: Told = {
  tool: 'sandbox_update_issue',
  args: { project: issue.project, number: issue.number, state: 'closed' },
  sent: [[`PATCH /projects/${issue.project}/issues/${issue.number}`, { state: 'closed' }]],
}

/** The provider honours a key that is new with each call, so only the same call may be sent twice. */
export const keyedWrite: Told = {
  tool: 'sandbox_create_payment',
  args: payment,
  sent: [['POST /payments', payment]],
}
