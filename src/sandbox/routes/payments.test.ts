import { expect, test } from 'vitest'
import { startSandbox } from '../start.ts'
import { ask } from '../test-client.ts'

async function start() {
  let time = Date.UTC(2026, 2, 14)
  const sandbox = await startSandbox({ now: () => time })
  const customer = sandbox.store.customers[0]?.id ?? ''
  const pay = (amount: number, key?: string) =>
    ask(sandbox, '/payments', {
      body: { amount, currency: 'eur', customer },
      ...(key && { headers: { 'idempotency-key': key } }),
    })
  return { sandbox, customer, pay, pass: (ms: number) => (time += ms), [Symbol.asyncDispose]: sandbox.stop }
}

test('the same key and request give the same answer again, marked as replayed, and one payment', async () => {
  await using world = await start()
  const before = world.sandbox.store.payments.length
  const first = await world.pay(500, 'k1')
  world.pass(24 * 3_600_000 - 1)
  const second = await world.pay(500, 'k1')
  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.text).toBe(first.text)
  expect(first.headers.get('idempotent-replayed')).toBeNull()
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  expect(world.sandbox.store.payments).toHaveLength(before + 1)
})

test('a replay gives the first answer even when the payment was refunded meanwhile', async () => {
  await using world = await start()
  const first = await world.pay(500, 'k1')
  await ask(world.sandbox, `/payments/${first.json.id}/refund`, { method: 'POST' })
  expect((await world.pay(500, 'k1')).text).toBe(first.text)
})

test('the same key with another request is a 409 and pays nothing', async () => {
  await using world = await start()
  await world.pay(500, 'k1')
  const before = world.sandbox.store.payments.length
  expect((await world.pay(501, 'k1')).status).toBe(409)
  expect(world.sandbox.store.payments).toHaveLength(before)
})

test('a key is forgotten after 24 hours, and belongs to one account', async () => {
  await using world = await start()
  const first = await world.pay(500, 'k1')
  world.pass(24 * 3_600_000)
  expect((await world.pay(500, 'k1')).json.id).not.toBe(first.json.id)
  const [, second] = world.sandbox.accounts
  const other = await ask(world.sandbox, '/payments', {
    key: second.apiKey,
    headers: { 'idempotency-key': 'k1' },
    body: { amount: 7, currency: 'usd', customer: second.store.customers[0]?.id },
  })
  expect(other.status).toBe(201)
})

test('without a key each request pays', async () => {
  await using world = await start()
  expect((await world.pay(500)).json.id).not.toBe((await world.pay(500)).json.id)
})

test('a bad payment is a 422, pays nothing and leaves its key unused', async () => {
  await using world = await start()
  const before = world.sandbox.store.payments.length
  for (const amount of [0, -5, 1.5, 2 ** 53]) expect((await world.pay(amount, 'k1')).status).toBe(422)
  const body = { amount: 5, currency: 'eur', customer: 'cus_nobody' }
  expect((await ask(world.sandbox, '/payments', { body })).json.error.fields[0].field).toBe('customer')
  expect(world.sandbox.store.payments).toHaveLength(before)
  expect((await world.pay(500, 'k1')).status).toBe(201)
})

test('refunds go in parts until nothing is left', async () => {
  await using world = await start()
  const { id } = (await world.pay(500)).json
  const refund = (body?: object) =>
    ask(world.sandbox, `/payments/${id}/refund`, { method: 'POST', ...(body && { body }) })
  expect((await refund({ amount: 200 })).json).toMatchObject({ payment: id, amount: 200 })
  expect((await refund({ amount: 301 })).json.error.code).toBe('refund_too_large')
  expect((await refund()).json.amount).toBe(300)
  expect((await refund()).json.error.code).toBe('already_refunded')
  const after = (await ask(world.sandbox, `/payments/${id}`)).json
  expect(after).toMatchObject({ amount_refunded: 500, status: 'refunded' })
})

test('following next_cursor visits every payment once; customer narrows', async () => {
  await using world = await start()
  const first = (await ask(world.sandbox, '/payments')).json
  const second = (await ask(world.sandbox, `/payments?cursor=${first.next_cursor}`)).json
  expect([first.payments.length, second.payments.length, second.next_cursor]).toEqual([20, 5, null])
  expect(new Set([...first.payments, ...second.payments].map(payment => payment.id)).size).toBe(25)
  await world.pay(500)
  const own = (await ask(world.sandbox, `/payments?customer=${world.customer}`)).json.payments
  for (const payment of own) expect(payment.customer).toBe(world.customer)
  expect(own[0].amount).toBe(500)
})

test('customers are all on one page of 20', async () => {
  await using world = await start()
  const { customers, next_cursor } = (await ask(world.sandbox, '/customers')).json
  expect([customers.length, next_cursor]).toEqual([12, null])
})
