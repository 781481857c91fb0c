/**
 * Every error that ClawLink can answer with, as data. The REST status, the MCP form and the docs page derive from it,
 * so a new error is one row here. `fix` tells the caller, most often a model, what to do next.
 */
export type ErrorEntry = {
  /** HTTP status of the REST answer. */
  status: number
  title: string
  /** Whether the same request may succeed later without being changed. */
  retryable: boolean
  fix: string
}

export const errorCatalogue = {
  validation_error: {
    status: 400,
    title: 'The request or its arguments are not valid',
    retryable: false,
    fix: 'Correct what is named, then send it again.',
  },
  tool_not_found: {
    status: 404,
    title: 'There is no tool with that name',
    retryable: false,
    fix: 'Use one of the suggested names, or search for the tool first.',
  },
  provider_not_found: {
    status: 404,
    title: 'There is no provider with that name',
    retryable: false,
    fix: 'Use one of the listed provider names.',
  },
  not_connected: {
    status: 409,
    title: 'The provider is not connected in this workspace',
    retryable: false,
    fix: 'Ask the person to connect the provider, then call again.',
  },
  ambiguous_connection: {
    status: 409,
    title: 'Several connections fit and none is the default',
    retryable: false,
    fix: 'Name one of the listed connections in `connection`.',
  },
  connection_not_found: {
    status: 404,
    title: 'There is no such connection in this workspace',
    retryable: false,
    fix: 'List the connections and use one of their ids.',
  },
  authentication_failed: {
    status: 401,
    title: 'The provider refused the credential',
    retryable: false,
    fix: 'Ask the person to reconnect this connection with a valid credential.',
  },
  missing_scope: {
    status: 403,
    title: 'The credential lacks a scope that this tool needs',
    retryable: false,
    fix: 'Ask the person to reconnect with the named scope.',
  },
  permission_denied: {
    status: 403,
    title: 'The provider does not allow this account to do that',
    retryable: false,
    fix: 'Use an account that may do this, or ask for the permission at the provider.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    retryable: false,
    fix: 'Check the ids. A thing that the account may not see looks the same as one that does not exist.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This path does not take that method',
    retryable: false,
    fix: 'Use one of the listed methods.',
  },
  conflict: {
    status: 409,
    title: 'It conflicts with the current state',
    retryable: false,
    fix: 'Read the current state, then decide whether the change is still wanted.',
  },
  rate_limited: {
    status: 429,
    title: 'The rate limit is used up',
    retryable: true,
    fix: 'Wait for the stated time, then call again.',
  },
  provider_unavailable: {
    status: 502,
    title: 'The provider did not give a usable answer',
    retryable: true,
    fix: 'Try again later. Nothing was changed by this call.',
  },
  timeout: {
    status: 504,
    title: 'The provider did not answer in time',
    retryable: true,
    fix: 'Try again later, or ask for less at once. Nothing was changed by this call.',
  },
  circuit_open: {
    status: 503,
    title: 'The provider is failing, so calls to it are paused',
    retryable: true,
    fix: 'Wait for the stated time, then call again.',
  },
  outcome_unknown: {
    status: 502,
    title: 'The request may have reached the provider, but its answer did not come back',
    retryable: false,
    fix: 'Do not repeat it. Read the state at the provider first to see whether it happened.',
  },
  output_mismatch: {
    status: 502,
    title: 'The answer does not have the promised shape',
    retryable: false,
    fix: 'Report this: the connector needs an update. The call itself did reach the provider.',
  },
  approval_required: {
    status: 202,
    title: 'A member has to approve this call first',
    retryable: false,
    fix: 'Show the link to the person and ask for the outcome of the call later.',
  },
  queued: {
    status: 202,
    title: 'The call goes on by itself, and ends later',
    retryable: false,
    fix: 'Do not call again: ask for the outcome of the call by its callId.',
  },
  canceled: {
    status: 409,
    title: 'The call was canceled before it was carried out',
    retryable: false,
    fix: 'If it is wanted after all, call again, with another idempotency key if it had one.',
  },
  approval_denied: {
    status: 403,
    title: 'A member denied this call',
    retryable: false,
    fix: 'Do not repeat it. Ask the person what they would like instead.',
  },
  policy_denied: {
    status: 403,
    title: 'A rule of the workspace does not allow this call',
    retryable: false,
    fix: 'Do not repeat it. The named rule can be changed by an owner or admin.',
  },
  idempotency_conflict: {
    status: 409,
    title: 'This idempotency key was used with other arguments',
    retryable: false,
    fix: 'Use a new key for a new call, or repeat the old one with its first arguments.',
  },
  in_progress: {
    status: 409,
    title: 'The same call is still running',
    retryable: true,
    fix: 'Wait, then ask for the outcome of the call.',
  },
  quota_exceeded: {
    status: 429,
    title: 'A limit of this workspace is reached',
    retryable: false,
    fix: 'Ask the owner to raise the limit, or wait until it resets.',
  },
  payload_too_large: {
    status: 413,
    title: 'Too large',
    retryable: false,
    fix: 'Send or ask for less: narrow the request, or use pages.',
  },
  unauthorized: {
    status: 401,
    title: 'A valid ClawLink key is needed',
    retryable: false,
    fix: 'Send a key as `Authorization: Bearer cllk_…`. Keys are made with `clawlink keys create`.',
  },
  forbidden: {
    status: 403,
    title: 'This key may not do that',
    retryable: false,
    fix: 'Use a key that may, or ask a member.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong inside ClawLink',
    retryable: true,
    fix: 'Try again. If it happens again, look in the log at the time of this answer, and report it.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCatalogue

/** An input that is wrong, and how. `field` is a dotted path such as `labels.0`. */
export type InvalidField = { field: string; problem: string }

/** What a fault may carry beside its message; each part is only there where it helps the caller. */
export type FaultDetails = {
  missingFields?: string[]
  invalidFields?: InvalidField[]
  /** The full JSON Schema of the arguments. */
  schema?: unknown
  /** Names or ids that would have been valid, best first. */
  choices?: string[]
  /** How long to wait before the same call can succeed. */
  retryAfterMs?: number
  /** Status of the provider's own answer, where there was one. */
  providerStatus?: number
  /** The message quotes the provider, so part of it comes from outside and is never to be taken as instructions. */
  untrusted?: true
  /** The call that ended with this, and how it ended. */
  callId?: string
  outcome?: 'failed' | 'unknown' | 'parked'
  /** It is the answer of an earlier request under the same idempotency key. */
  replayed?: true
  /** Where a person can put it right. */
  link?: string
  /** What a member decides about, and until when (ISO). */
  approvalId?: string
  expiresAt?: string
  /** Of a lost race: what is there now, what was sent, and of text both in one. */
  race?: { key: string; baseVersion: number | null; current: unknown; yours: unknown; merge: unknown }
  /** Who is editing what was to be changed. */
  heldBy?: { by: { kind: string; id: string; name: string; device: string }; note: string; until: string }
  /** Which one in turn a waiting call is, and when it is expected to be sent (ISO). */
  queue?: { position: number; expectedAt: string }
}

/** For a fault whose message tells that of another one: it quotes the provider where that one does. */
export const quotingAs = ({ details: { untrusted } }: Fault): FaultDetails => (untrusted ? { untrusted } : {})

/** An expected failure, carried as a value. `message` is public: it never holds a secret or an internal cause. */
export class Fault {
  readonly code: ErrorCode
  readonly message: string
  readonly fix: string
  readonly details: FaultDetails

  constructor(code: ErrorCode, message: string, details: FaultDetails & { fix?: string } = {}) {
    const { fix, ...rest } = details
    this.code = code
    this.message = message
    this.fix = fix ?? errorCatalogue[code].fix
    this.details = rest
  }

  get entry(): ErrorEntry {
    return errorCatalogue[this.code]
  }

  get retryable(): boolean {
    return this.entry.retryable
  }
}
