import type { IncomingHttpHeaders } from 'node:http'
import type { Connector, ErrorRule } from './define.ts'
import { valueAt } from './paths.ts'

export type Answered = { status: number; headers: IncomingHttpHeaders; body: unknown }

/** The first of the connector's own rules that this answer matches. Pure. */
export function errorRule({ api }: Connector, answered: Answered): ErrorRule | undefined {
  return api.errors?.find(rule => matches(rule, answered))
}

function matches(rule: ErrorRule, { status, headers, body }: Answered): boolean {
  if (rule.status !== undefined && rule.status !== status) return false
  if (rule.header && headers[rule.header[0]] !== rule.header[1]) return false
  if (!rule.body) return true
  const [path, wanted] = rule.body
  const value = valueAt(body, path)
  if (wanted instanceof RegExp) return typeof value === 'string' && wanted.test(value)
  if (wanted === true) return Array.isArray(value) ? value.length > 0 : Boolean(value)
  return value === wanted
}
