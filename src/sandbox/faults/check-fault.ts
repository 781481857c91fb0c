import { validateHeaderName, validateHeaderValue } from 'node:http'
import { isRecord } from '../fields.ts'
import type { Fault, FaultKind } from './fault.ts'
import { faultPhases, type RandomFaults, waysOf } from './random-faults.ts'

/** What a field must be. A check with `?` at the end of its field's name lets the field be absent. */
type Check = (value: unknown) => boolean

const count: Check = value => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const flag: Check = value => typeof value === 'boolean'
const text: Check = value => typeof value === 'string'
const status: Check = value => typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599
const redirectStatus: Check = value => [301, 302, 303, 307, 308].some(known => known === value)
const headerText: Check = value => text(value) && isHeader('x-value', String(value))
const headers: Check = value =>
  isRecord(value) && Object.entries(value).every(([name, content]) => text(content) && isHeader(name, String(content)))
const json: Check = value => {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false // a cycle or a bigint
  }
}

const matchFields: Record<string, Check> = { 'method?': text, 'path?': value => isPath(value) }
const isListOf = (value: unknown, known: readonly string[]) =>
  Array.isArray(value) && value.length > 0 && value.every(each => known.includes(each))

const when: Record<string, Check> = {
  kind: text,
  'match?': value => isRecord(value) && wrongFields(value, matchFields).length === 0,
  'times?': value => value === 'always' || (count(value) && value !== 0),
  'probability?': value => typeof value === 'number' && value >= 0 && value <= 1,
}
const writes = { ...when, 'applied?': flag }

const fieldsOf: Record<FaultKind, Record<string, Check>> = {
  status: { ...writes, status, 'headers?': headers, 'body?': json },
  rate_limit: {
    ...when,
    'retryAfter?': value => count(value) || headerText(value),
    'limit?': count,
    'remaining?': count,
    'resetEpochS?': count,
    'headers?': headers,
  },
  slow: { ...when, ms: count },
  hang: writes,
  hang_after_headers: writes,
  drip: { ...writes, 'everyMs?': count, 'bytes?': count },
  redirect: { ...writes, location: headerText, 'status?': redirectStatus },
  html: { ...writes, 'status?': status },
  ok_error: { ...writes, 'error?': text },
  close_on_accept: { ...when, 'connections?': value => count(value) && value !== 0 },
  close_before_read: { ...when, 'reset?': flag },
  close_mid_upload: { ...when, bytes: count },
  close_after_read: writes,
  close_mid_headers: { ...writes, 'reset?': flag },
  close_mid_body: { ...writes, 'chunked?': flag },
  wrong_length: { ...writes, by: value => typeof value === 'number' && Number.isSafeInteger(value) && value !== 0 },
  reset: writes,
  huge: { ...writes, bytes: count },
  invalid_json: writes,
  gzip_bomb: { ...writes, bytes: count },
  wrong_charset: writes,
}

export const faultKinds: readonly string[] = Object.keys(fieldsOf)

const randomFields: Record<string, Check> = {
  seed: value => typeof value === 'number' && Number.isSafeInteger(value),
  rate: value => typeof value === 'number' && value >= 0 && value <= 1,
  'match?': value => isRecord(value) && wrongFields(value, matchFields).length === 0,
  'kinds?': value => isListOf(value, faultKinds),
  'phases?': value => isListOf(value, faultPhases),
  'largeBytes?': count,
}

/** Whether this came in as faults by seed. When not, `randomFaultsProblem` says why. */
export const isRandomFaults = (value: unknown): value is RandomFaults => randomFaultsProblem(value) === undefined

/** What is wrong with would-be faults by seed, in one sentence; undefined when nothing is. */
export function randomFaultsProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'Faults by seed are an object with a "seed" and a "rate".'
  const wrong = wrongFields(value, randomFields)
  if (wrong.length) return `Faults by seed have a wrong or missing ${wrong.join(', ')}.`
  const listed = (list: unknown) => (Array.isArray(list) ? list.map(String) : undefined)
  return waysOf({ kinds: listed(value.kinds), phases: listed(value.phases) }).length
    ? undefined
    : 'There is no fault of these kinds at these phases.'
}

/** Whether this came in as a fault that can be played. When not, `faultProblem` says why. */
export const isFault = (value: unknown): value is Fault => faultProblem(value) === undefined

/** What is wrong with a would-be fault, in one sentence; undefined when nothing is. */
export function faultProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'A fault must be an object.'
  const [, fields] = Object.entries(fieldsOf).find(([kind]) => kind === value.kind) ?? []
  if (!fields) return `A fault needs a "kind", one of ${faultKinds.join(', ')}.`
  const wrong = wrongFields(value, fields)
  return wrong.length ? `A fault of kind "${value.kind}" has a wrong or missing ${wrong.join(', ')}.` : undefined
}

/** The names of fields that are missing, wrong or unknown. */
function wrongFields(record: Record<string, unknown>, checks: Record<string, Check>): string[] {
  const known = Object.entries(checks).map(([name, check]) => ({ name: name.replace('?', ''), given: name, check }))
  const wrong = known.filter(({ name, given, check }) =>
    record[name] === undefined ? name === given : !check(record[name]),
  )
  const unknown = Object.keys(record).filter(name => !known.some(field => field.name === name))
  return [...wrong.map(({ name }) => name), ...unknown]
}

function isPath(value: unknown): boolean {
  if (typeof value !== 'string') return false
  if (!value.startsWith('^')) return true
  try {
    return Boolean(new RegExp(value))
  } catch {
    return false
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
