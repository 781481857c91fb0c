import type { Random } from '../random.ts'
import type { Customer, Payment, Refund } from '../store.ts'
import type { Owner } from './seed.ts'
import { companies, iso, pastTimes, people, writer } from './words.ts'

const customerCount = 12
const paymentCount = 25

export function seedPayments(
  owner: Owner,
  random: Random,
  nowMs: number,
): { customers: Customer[]; payments: Payment[]; refunds: Refund[] } {
  const joined = pastTimes(customerCount, 720, random, nowMs - 90 * 86_400_000)
  const names = random.shuffle(people)
  const firms = random.shuffle(companies)
  const customers = joined.map((time, at): Customer => {
    const [name, local] = names[at % names.length] ?? people[0]
    const [firm, domain] = firms[at % firms.length] ?? companies[0]
    // Half of them are companies, half are people.
    return { id: owner.newId('cus'), name: at % 2 ? firm : name, email: `${local}@${domain}`, created_at: iso(time) }
  })

  const refunds: Refund[] = []
  const payments = pastTimes(paymentCount, 90, random, nowMs).map((time): Payment => {
    const amount = random.int(4, 2_400) * 100 + random.pick([0, 0, 50, 95, 99])
    const currency = random.pick(['eur', 'eur', 'eur', 'usd', 'gbp'])
    const refunded = random.pick([0, 0, 0, 0, 0, 0, 0, amount, Math.floor(amount / 4)])
    const id = owner.newId('pay')
    if (refunded) {
      const later = iso(Math.min(time + 86_400_000, nowMs))
      refunds.push({ id: owner.newId('ref'), payment: id, amount: refunded, currency, created_at: later })
    }
    return {
      id,
      amount,
      amount_refunded: refunded,
      currency,
      customer: random.pick(customers).id,
      description: random.next() < 0.8 ? writer(random)(random.pick(purposes)) : null,
      status: refunded === amount ? 'refunded' : refunded ? 'partially_refunded' : 'succeeded',
      created_at: iso(time),
    }
  })
  return { customers, payments, refunds }
}

const purposes: readonly string[] = [
  'Order {number}',
  'Order {number}, express delivery to {city}',
  'Deposit for {topic}',
  'Invoice {number}',
  '{count} pieces, second delivery',
  'Workshop in {city}',
]
