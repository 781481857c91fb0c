import { Fault, type FaultDetails } from '../../core/errors.ts'
import type { Reached, WireLoss } from '../../net/wire.ts'

/**
 * Why there is no token. `invalid_grant`: what was handed in counts no longer, and a person has to sign in again. `pending`
 * and `slow_down`: not yet. `denied` and `expired`: the person said no, or took too long. `client`: the OAuth app itself
 * is refused. `unavailable`: it may work later. `other`: anything else, and nothing that was asked says that the grant is bad.
 */
export type Refused =
  | 'invalid_grant'
  | 'pending'
  | 'slow_down'
  | 'denied'
  | 'expired'
  | 'client'
  | 'other'
  | 'unavailable'

export type TokenRefusal = {
  refused: Refused
  /** How far the request got: one that may have arrived may have used up what it handed in. */
  reached: Reached | 'answered'
  fault: Fault
}

/** Error codes of RFC 6749 (4.1.2.1, 5.2), RFC 8628 (3.5) and OpenID Connect, and words that are used in their place. */
const meanings: Record<Exclude<Refused, 'other'>, readonly string[]> = {
  invalid_grant: [
    'invalid_grant',
    'invalid_code',
    'code_already_used',
    'bad_verification_code',
    'bad_refresh_token',
    'invalid_refresh_token',
    'refresh_token_expired',
    'refresh_token_revoked',
    'token_expired',
    'token_revoked',
    'account_inactive',
    'interaction_required',
    'login_required',
    'consent_required',
  ],
  pending: ['authorization_pending'],
  slow_down: ['slow_down'],
  denied: ['access_denied', 'authorization_declined'],
  expired: ['expired_token', 'code_expired'],
  client: [
    'invalid_client',
    'unauthorized_client',
    'invalid_client_id',
    'bad_client_secret',
    'invalid_client_secret',
    'incorrect_client_credentials',
  ],
  unavailable: ['temporarily_unavailable', 'server_error', 'internal_error', 'ratelimited', 'rate_limited'],
}

/** What an answer that holds no token means, by its error code first and its status where that says nothing. Pure. */
export function meaningOf(code: string | undefined, status: number): Refused {
  const word = code?.toLowerCase() ?? ''
  for (const [refused, words] of Object.entries(meanings)) if (words.includes(word)) return refused as Refused // its own keys
  return status === 429 || status >= 500 ? 'unavailable' : 'other'
}

/** What is said about a refusal. `words` are the provider's own, already fit to be shown. */
export function refusal(
  refused: Refused,
  {
    name,
    status,
    words,
    retryAfterMs,
  }: { name: string; status: number; words?: string | undefined; retryAfterMs?: number },
): TokenRefusal {
  const said = words ? ` It says: ${words}` : ''
  const details: FaultDetails = {
    providerStatus: status,
    ...(said && { untrusted: true }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
  return { refused, reached: 'answered', fault: faultOf(refused, name, status, said, details) }
}

function faultOf(refused: Refused, name: string, status: number, said: string, details: FaultDetails): Fault {
  switch (refused) {
    case 'invalid_grant':
      return new Fault('authentication_failed', `${name} no longer accepts this sign-in.${said}`, {
        ...details,
        fix: 'Ask the person to reconnect this connection.',
      })
    case 'pending':
    case 'slow_down':
      return new Fault('in_progress', `${name} still waits for the person.`, details)
    case 'denied':
      return new Fault(
        'permission_denied',
        `The person, or their organisation, did not allow this at ${name}.${said}`,
        {
          ...details,
          fix: 'Start again where that was a mistake, or ask who administers the account there.',
        },
      )
    case 'expired':
      return new Fault('authentication_failed', `The code for ${name} was not entered in time.`, {
        ...details,
        fix: 'Start again: a new code lives for a few minutes.',
      })
    case 'client':
      return new Fault('authentication_failed', `${name} refused the OAuth app.${said}`, {
        ...details,
        fix: 'Check the client id and the client secret of the OAuth app, and whether it still exists there.',
      })
    case 'unavailable':
      if (status === 429)
        return new Fault('rate_limited', `${name} takes no more token requests just now.${said}`, details)
      return new Fault('provider_unavailable', `${name} answered ${status} to a token request.${said}`, details)
    case 'other':
      return new Fault('provider_unavailable', `${name} gave no token (${status}).${said}`, {
        ...details,
        fix: 'Read what the provider says. If it stays, reconnect, and check the settings of the OAuth app there.',
      })
  }
}

/** A request that could not even be made: something about the connection or its definition is missing. */
export const notMade = (fault: Fault): TokenRefusal => ({
  refused: fault.code === 'authentication_failed' ? 'invalid_grant' : 'other',
  reached: 'not_sent',
  fault,
})

/** A request without a usable answer. What can never work is `other`; everything else may pass. */
export function lostRefusal(loss: WireLoss, name: string): TokenRefusal {
  const never = loss.reason === 'blocked_address' || loss.reason === 'bad_request'
  const code = loss.reason === 'timeout' || loss.reason === 'connect_timeout' ? 'timeout' : 'provider_unavailable'
  return {
    refused: never ? 'other' : 'unavailable',
    reached: loss.reached,
    fault: new Fault(code, `${name} could not be asked for a token. ${loss.message}`),
  }
}
