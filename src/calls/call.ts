import type { Socket } from 'node:net'
import type { AgentPrincipal } from '../accounts/principal.ts'
import type { Tool } from '../catalog/catalog.ts'
import type { ProviderRequest } from '../catalog/request.ts'
import type { FileFacts } from '../catalog/upload.ts'
import type { Fault } from '../core/errors.ts'
import type { Coercion, Outcome } from '../core/outcome.ts'
import type { ConnectionRow } from '../db/schema.ts'
import type { PolicyDecision } from './policy/rule.ts'

/** What a caller asks for, before anything is checked. */
export type CallRequest = {
  tool: string
  arguments: Record<string, unknown>
  /** Id or label of the connection to use. */
  connection?: string | undefined
  /** The `next` of an earlier answer of the same tool with the same arguments. */
  next?: string | undefined
  /** Follow the pages of the answer, and give the records of all of them as one list. */
  all?: boolean | undefined
  /** False: it is not waited for. Its caller gets its id at once, and asks for its answer later. */
  wait?: boolean | undefined
  /** Where the provider says that it is done: made here, and never the caller's. */
  callback?: string | undefined
  /** Why the agent wants it, in its own words: for whoever may have to approve it, and never to be trusted. */
  why?: string | undefined
  /** The caller's idempotency key, 1 to 255 printable characters: for a day, the same call under it has one answer. */
  idempotencyKey?: string | undefined
  /** Where the call came in. */
  surface: 'rest' | 'mcp' | 'cli'
  /** The connection on which somebody waits for the answer, where there is one. */
  caller?: Caller | undefined
}

/** When it closes, nobody waits any more. A connection as it is, so that a call that has nothing to wait for pays nothing. */
export type Caller = Pick<Socket, 'destroyed' | 'on' | 'off'>

/** Tells whether nobody waits any more. */
export const hasGone = (caller: Caller | undefined) => () => caller?.destroyed === true

/** A call on its way: it has an id and a place in the usage record, whatever becomes of it. */
export type Call = {
  id: string
  startedAt: number
  principal: AgentPrincipal
  request: CallRequest
  /** There when it was parked, or cut off under its key, and goes on now. */
  resumed?: Resumed
  /** There when its caller gave an idempotency key. */
  keyed?: Keyed
  /** The pacer's own: of the request that is under way. A `WeakMap` of calls costs the collector more than the calls do. */
  flight?: unknown
}

/** Under which key a call runs, and which run of it this is. */
export type Keyed = {
  /** Hash of the workspace, the agent and the key. */
  id: string
  /** Of what the caller asked for. */
  digest: string
  /** This run, which alone holds the key while it extends its lease. */
  owner: string
}

/** What holds for a call that goes on: one that was approved or waited for its turn, or one whose process died. */
export type Resumed = {
  /** When it was first sent, or is now: the time before that is not the call's. */
  at: number
  /** Of exactly what was approved, queued, or sent before. */
  digest: string
  /** Whether a member approved it. */
  approved: boolean
  /** Whether it may have reached the provider in an earlier run that was cut off. */
  mayHaveBeenSent: boolean
}

/** A call that may be sent, or once it is approved: the tool, the arguments as they will be sent, and the account. */
export type ReadyCall = {
  call: Call
  tool: Tool
  args: Record<string, unknown>
  coerced: Coercion[]
  connection: ConnectionRow
  /** The file that it sends, if its tool sends one. */
  file?: FileFacts
  /** There when policy asks: which rule, and why. Such a call is not sent without an approval. */
  approval?: PolicyDecision
}

/** `timeoutMs`: for a try that does not have all the time of the call. */
export type TimedRequest = ProviderRequest & { timeoutMs?: number }

/** What came of it on the wire, for the usage record. */
export type Effort = { attempts: number; requestBytes: number; answerBytes: number; providerStatus: number }

/** Of a call that was not sent. */
export const noEffort: Effort = { attempts: 0, requestBytes: 0, answerBytes: 0, providerStatus: 0 }

/** A call that has ended, or that goes on later. Edges put this into their own form. */
export type EndedCall<O extends Outcome = Outcome> = {
  id: string
  /** There when it is the answer of an earlier request under the same idempotency key. */
  replayed?: true
  tool: string
  outcome: O
  coerced: Coercion[]
  connection?: { id: string; label: string; account: string }
}

/** The connection of a call as its caller sees it. */
export function shownConnection({ id, label, account_label }: ConnectionRow): NonNullable<EndedCall['connection']> {
  return { id, label, account: account_label }
}

/** What a call comes to that goes on later. `id`: of the call that goes on, where that is an earlier one. */
export function parkedAs({ call, coerced, connection }: ReadyCall, fault: Fault, id = call.id): EndedCall {
  const { tool } = call.request
  return { id, tool, outcome: { kind: 'parked', fault }, coerced, connection: shownConnection(connection) }
}
