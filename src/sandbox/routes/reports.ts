import { type Answer, notFound } from '../answer.ts'
import { filledText, oneOf, readFields, wholeSeconds } from '../fields.ts'
import type { Call, Route } from '../router.ts'
import type { Report } from '../store.ts'

export const reportRoutes: Route[] = [
  { method: 'POST', path: '/reports', scope: 'payments', answer: startReport },
  { method: 'GET', path: '/reports/{id}', scope: 'payments', answer: getReport },
]

const secondsUsual = 10

/**
 * A report takes its time: 202 says that it has begun. With `callback_url`, that is called once when it is done, without a
 * word about how it went.
 */
function startReport({ account, body, nowMs }: Call): Answer {
  const fields = readFields(body)
  const about = fields.required('about', oneOf('payments', 'refunds'))
  const seconds = fields.optional('seconds', wholeSeconds) ?? secondsUsual
  const callback = fields.optional('callback_url', filledText)
  const refusal = fields.refusal()
  if (refusal) return refusal
  const report: Report = { id: account.newId('rep'), about, startedMs: nowMs, doneMs: nowMs + seconds * 1000 }
  account.store.reports.push(report)
  if (callback) callWhenDone(callback, seconds)
  return { status: 202, body: { id: report.id, status: 'queued' } }
}

function callWhenDone(url: string, seconds: number): void {
  const timer = setTimeout(() => {
    fetch(url, { method: 'POST', redirect: 'manual' }).catch(() => {}) // whoever asked for it can ask how it stands too
  }, seconds * 1000)
  timer.unref()
}

/** A report about refunds fails when there are none: so one can see that too. */
function getReport({ account: { store }, params: [id], nowMs }: Call): Answer {
  const report = store.reports.find(each => each.id === id)
  if (!report) return notFound('report')
  const { about, startedMs, doneMs } = report
  if (nowMs < doneMs) {
    const percent = Math.floor(((nowMs - startedMs) * 100) / (doneMs - startedMs))
    return { status: 200, body: { id, status: 'running', percent } }
  }
  const rows = about === 'payments' ? store.payments : store.refunds
  if (!rows.length) return { status: 200, body: { id, status: 'failed', reason: `There are no ${about} to report.` } }
  const total = rows.reduce((sum, { amount }) => sum + amount, 0)
  return { status: 200, body: { id, status: 'done', percent: 100, about, count: rows.length, total } }
}
