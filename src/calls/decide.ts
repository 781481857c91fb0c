import type { Tool } from '../catalog/catalog.ts'
import { omitFields } from '../catalog/omit.ts'
import { nextPage } from '../catalog/page.ts'
import { valueAt } from '../catalog/paths.ts'
import { Fault } from '../core/errors.ts'
import type { Ending } from '../core/outcome.ts'
import type { Classified } from './classify.ts'

/**
 * What a call comes to after an attempt. Pure.
 *
 * | how far it got                                 | read, or naturally idempotent | any other write |
 * |------------------------------------------------|-------------------------------|-----------------|
 * | not sent                                       | failed                        | failed          |
 * | answered: refused by the provider              | failed                        | failed          |
 * | maybe sent, or an answer that says nothing     | failed, may be repeated       | **unknown**     |
 *
 * A key that the provider honours (`idempotency: { header }`) makes repeating the same call harmless, not a new call: that
 * one carries another key.
 */
export function decide(tool: Tool, attempt: Classified): Ending {
  if (attempt.ok) return succeeded(tool, attempt)
  const { fault } = attempt
  if (attempt.reached === 'not_sent' || attempt.trusted || tool.effect === 'read') return { kind: 'failed', fault }
  const { retryAfterMs: _, ...details } = fault.details
  if (tool.idempotency !== 'natural')
    return { kind: 'unknown', fault: new Fault('outcome_unknown', fault.message, details) }
  const fix = 'It may have happened. Calling again with the same arguments is safe: it cannot happen twice.'
  return { kind: 'failed', fault: new Fault(fault.code, fault.message, { ...fault.details, fix }) }
}

function succeeded(tool: Tool, { status, headers, body }: Extract<Classified, { ok: true }>): Ending {
  const link = headers.link
  const next = nextPage(tool.page, { linkHeader: Array.isArray(link) ? link.join(', ') : link, body })
  const picked = tool.row.pick === undefined ? body : valueAt(body, tool.row.pick)
  if (picked === undefined) return mismatch(tool, status)
  const { omit } = tool.provider.connector.api
  const output = omit ? omitFields(picked, omit) : picked
  return { kind: 'succeeded', output, providerStatus: status, ...(next === undefined ? {} : { next }) }
}

/** The answer lacks the part that the tool gives. Taken for an empty one it would read as "there is none". */
function mismatch(tool: Tool, status: number): Ending {
  const message = `${tool.provider.connector.name} answered ${status} without "${tool.row.pick}".`
  const fault = new Fault('output_mismatch', message, { providerStatus: status })
  return { kind: tool.effect === 'read' ? 'failed' : 'unknown', fault }
}
