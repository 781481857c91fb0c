import { expect, test } from 'vitest'
import { randomFor } from '../random.ts'
import { seedStore } from './seed.ts'

const nowMs = Date.UTC(2026, 2, 14, 9, 26, 53, 589)

function store(seed: number, now = nowMs) {
  let count = 0
  const owner = { name: 'Ada Quint', email: 'ada@quint.example', newId: (prefix: string) => `${prefix}_${++count}` }
  return seedStore(owner, randomFor(seed, 'content'), now)
}

test('the same seed and time give byte-identical content', () => {
  expect(JSON.stringify(store(7))).toBe(JSON.stringify(store(7)))
})

test('another seed gives other content', () => {
  expect(JSON.stringify(store(7))).not.toBe(JSON.stringify(store(8)))
})

test('dates move with now and nothing else does', () => {
  const withoutDates = (seeded: unknown) => JSON.stringify(seeded).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'date')
  const later = store(7, nowMs + 5_000_000)
  expect(withoutDates(later)).toBe(withoutDates(store(7)))
  expect(Date.parse(later.messages[0]?.date ?? '') - Date.parse(store(7).messages[0]?.date ?? '')).toBe(5_000_000)
})

test.each([1, 2, 3, 99])('seed %i gives the promised amounts', seed => {
  const seeded = store(seed)
  const perFolder = (folder: string) => seeded.messages.filter(message => message.folder === folder).length
  expect([perFolder('inbox'), perFolder('sent'), perFolder('drafts')]).toEqual([30, 12, 3])
  expect(seeded.projects).toHaveLength(3)
  expect(seeded.issues).toHaveLength(60)
  expect(seeded.payments).toHaveLength(25)
  expect(seeded.customers).toHaveLength(12)
})

test.each([1, 2, 3, 99])('seed %i gives content that agrees with itself', seed => {
  const seeded = store(seed)
  for (const issue of seeded.issues) {
    const comments = seeded.comments.filter(c => c.project === issue.project && c.issue === issue.number)
    expect(issue.comments).toBe(comments.length)
    expect(issue.created_at <= issue.updated_at).toBe(true)
    expect(issue.closed_at === null).toBe(issue.state === 'open')
  }
  for (const payment of seeded.payments) {
    expect(seeded.customers.some(customer => customer.id === payment.customer)).toBe(true)
    const refunded = seeded.refunds.filter(refund => refund.payment === payment.id)
    expect(payment.amount_refunded).toBe(refunded.reduce((sum, refund) => sum + refund.amount, 0))
  }
  expect(JSON.stringify(seeded)).not.toMatch(/\{\w+\}|undefined/)
})

test('nothing is dated in the future', () => {
  const dates = JSON.stringify(store(7)).matchAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)
  for (const [date] of dates) expect(Date.parse(date)).toBeLessThanOrEqual(nowMs)
})

test('one message of the inbox gives orders to the agent that reads it', () => {
  expect(store(7).messages.filter(message => message.text.includes('NOTE TO AI ASSISTANTS'))).toHaveLength(1)
})
