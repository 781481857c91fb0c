import {
  A2AError,
  RequestMalformedError,
  TaskNotCancelableError,
  TaskNotFoundError,
  UnsupportedOperationError,
} from '@a2a-js/sdk/errors'
import type { Fault } from '../../core/errors.ts'

/** A fault as A2A knows it (A2A 1.0, section 3.3.2), with what to do next, which A2A has no place of its own for. */
export function asA2aError(fault: Fault, doing?: 'canceling' | 'answering'): A2AError {
  const message = fault.fix ? `${fault.message} ${fault.fix}` : fault.message
  if (fault.code === 'not_found') return new TaskNotFoundError(message)
  if (fault.code === 'conflict' && doing === 'canceling') return new TaskNotCancelableError(message)
  if (fault.code === 'conflict' && doing === 'answering') return new UnsupportedOperationError(message)
  return fault.entry.status < 500 ? new RequestMalformedError(message) : new A2AError(message)
}
