import type { ErrorCode, Fault } from './errors.ts'

/** An argument that was changed to fit the schema without changing its meaning (`"5"` → `5`). */
export type Coercion = { field: string; from: string; to: string }

export type Success = {
  kind: 'succeeded'
  output: unknown
  /** `output` as JSON, where it is given just as it came. Not to be handed on with another `output`. */
  json?: string
  next?: string
  /** Why the pages after these are not in here, when it is not that they are too many: `next`, if any, leads to them. */
  incomplete?: Incomplete
  /** There when `output` is the handle of a file that holds the answer, which is too large to be given directly. */
  stored?: true
  providerStatus: number
}
export type Incomplete = { code: ErrorCode; message: string }

/** `failed`: it did not happen, or repeating it is harmless. `unknown`: it may have happened. */
export type Failure = { kind: 'failed' | 'unknown'; fault: Fault }

/** How a call ended, before it is put into an edge's own form. */
export type Ending = Success | Failure

/** It goes on later, under the same id: nothing was sent and nothing is decided yet. */
export type Parked = { kind: 'parked'; fault: Fault }

export type Outcome = Ending | Parked
