import type { Fault } from './errors.ts'

/** An argument that was changed to fit the schema without changing its meaning (`"5"` → `5`). */
export type Coercion = { field: string; from: string; to: string }

export type Success = { kind: 'succeeded'; output: unknown; next?: string; providerStatus: number }

/** `failed`: it did not happen, or repeating it is harmless. `unknown`: it may have happened. */
export type Failure = { kind: 'failed' | 'unknown'; fault: Fault }

/** The end of one call, before it is put into an edge's own form. */
export type Outcome = Success | Failure
