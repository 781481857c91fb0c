import type { Fault } from '../../../core/errors.ts'

/** A fault as clients of the openclaw-link protocol read one: they show `error`, and nothing else. */
export function errorOf(fault: Fault) {
  const { code, fix } = fault
  if (code === 'unauthorized') return { error: 'Unauthorized. Provide Authorization: Bearer <token>' }
  return { error: `${fault.message} ${fix}`.trim(), code }
}
