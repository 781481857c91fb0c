import type { Tool } from '../catalog/catalog.ts'
import type { ProviderRequest } from '../catalog/request.ts'
import { Fault } from '../core/errors.ts'
import type { Ending } from '../core/outcome.ts'
import type { Tried } from './attempts.ts'
import type { End } from './decide.ts'
import { succeeded } from './give-output.ts'

/** How the call ended, by the last of its attempts. Pure. */
export function endingOf(tool: Tool, { classified, end }: Tried, request: ProviderRequest): Ending {
  if (classified.ok) return succeeded(tool, classified, request)
  return unsuccessful(end, classified.fault)
}

/** How a call ended that was not answered well, by whether it may have happened. Pure. */
export function unsuccessful(end: End, fault: Fault): Ending {
  const { retryAfterMs: _, ...details } = fault.details
  if (end === 'unknown') return { kind: 'unknown', fault: new Fault('outcome_unknown', fault.message, details) }
  if (end === 'answer') return { kind: 'failed', fault }
  const fix = 'It may have happened. Calling again with the same arguments is safe: it cannot happen twice.'
  return { kind: 'failed', fault: new Fault(fault.code, fault.message, { ...fault.details, fix }) }
}
