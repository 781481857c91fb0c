import { type Answer, created, invalid, notFound, ok, refused } from '../answer.ts'
import { currency, filledText, minorUnits, readFields, textOrNull } from '../fields.ts'
import { pageByCursor } from '../paging.ts'
import type { Call, Route } from '../router.ts'
import type { Payment, Refund } from '../store.ts'

const idempotencyLifeMs = 24 * 60 * 60 * 1000

export const paymentRoutes: Route[] = [
  { method: 'GET', path: '/customers', scope: 'payments', answer: listCustomers },
  { method: 'GET', path: '/payments', scope: 'payments', answer: listPayments },
  { method: 'GET', path: '/payments/{id}', scope: 'payments', answer: getPayment },
  { method: 'POST', path: '/payments', scope: 'payments', answer: createPayment },
  { method: 'POST', path: '/payments/{id}/refund', scope: 'payments', answer: refundPayment },
]

function listCustomers({ account: { store }, query, pageSize }: Call): Answer {
  const page = pageByCursor(store.customers, query, pageSize)
  return 'status' in page ? page : ok({ customers: page.rows, next_cursor: page.next })
}

function listPayments({ account: { store }, query, pageSize }: Call): Answer {
  const customer = query.get('customer')
  const page = pageByCursor(store.payments, query, pageSize, payment => !customer || payment.customer === customer)
  return 'status' in page ? page : ok({ payments: page.rows, next_cursor: page.next })
}

function getPayment({ account: { store }, params: [id] }: Call): Answer {
  const payment = store.payments.find(payment => payment.id === id)
  return payment ? ok(payment) : notFound('payment')
}

/**
 * With an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), the first answer is given again for 24 hours
 * to the same request, marked `idempotent-replayed: true`; another request under the same key is a 409. A refused
 * request leaves its key unused.
 */
function createPayment(call: Call): Answer {
  const { account, headers, nowMs, baseUrl } = call
  const { store } = account
  const fields = readFields(call.body)
  const content = {
    amount: fields.required('amount', minorUnits),
    currency: fields.required('currency', currency),
    customer: fields.required('customer', filledText),
    description: fields.optional('description', textOrNull) ?? null,
  }
  const refusal = fields.refusal()
  if (refusal) return refusal

  const key = headers['idempotency-key']
  const request = JSON.stringify(content)
  const earlier = key ? store.idempotency.get(key) : undefined
  if (earlier && nowMs < earlier.expiresAtMs) {
    if (earlier.request !== request) {
      return refused(409, 'idempotency_key_reused', 'This idempotency key was used for another payment.')
    }
    return { ...earlier.answer, headers: { ...earlier.answer.headers, 'idempotent-replayed': 'true' } }
  }
  if (!store.customers.some(customer => customer.id === content.customer)) {
    return invalid([{ field: 'customer', message: 'names no customer' }])
  }

  const payment: Payment = {
    id: account.newId('pay'),
    ...content,
    amount_refunded: 0,
    status: 'succeeded',
    created_at: new Date(nowMs).toISOString(),
  }
  store.payments.push(payment)
  const answer = created(payment, `${baseUrl}/payments/${payment.id}`)
  if (key) store.idempotency.set(key, { request, answer, expiresAtMs: nowMs + idempotencyLifeMs })
  return answer
}

/** Without `amount`, all that is left. Honours no idempotency key: asked twice, it pays back twice while money is left. */
function refundPayment({ account, params: [id], body, nowMs, baseUrl }: Call): Answer {
  const { store } = account
  const at = store.payments.findIndex(payment => payment.id === id)
  const payment = store.payments[at]
  if (!payment) return notFound('payment')
  const left = payment.amount - payment.amount_refunded
  const fields = readFields(body)
  const amount = fields.optional('amount', minorUnits) ?? left
  const refusal = fields.refusal()
  if (refusal) return refusal
  if (left === 0) return refused(409, 'already_refunded', 'This payment was refunded in full.')
  if (amount > left) return refused(409, 'refund_too_large', `Only ${left} ${payment.currency} are left to refund.`)

  const date = new Date(nowMs).toISOString()
  const refund: Refund = {
    id: account.newId('ref'),
    payment: payment.id,
    amount,
    currency: payment.currency,
    created_at: date,
  }
  store.refunds.push(refund)
  store.payments[at] = {
    ...payment,
    amount_refunded: payment.amount_refunded + amount,
    status: amount === left ? 'refunded' : 'partially_refunded',
  }
  return created(refund, `${baseUrl}/payments/${payment.id}`)
}
