import type { Accounts } from './accounts.ts'
import { type Answer, gone, ok, refused } from './answer.ts'
import { type ApiRequest, keyOf, parseJson, unauthorized } from './api.ts'
import { faultProblem, isFault, isRandomFaults, randomFaultsProblem } from './faults/check-fault.ts'
import type { FaultScript } from './faults/fault-script.ts'
import type { RequestLog } from './request-log.ts'

export const controlPrefix = '/_sandbox/'

/** What people allowed at either OAuth server. */
export type Grants = { chains(): number; revokeGrants(): void; expireAccessTokens(): void }

export type Control = {
  accounts: Accounts
  faults: FaultScript
  log: RequestLog
  grants: Grants
  clearFaults(): void
  reset(): void
}

/** The routes that steer the sandbox. They need a full API key, are never logged and never meet a fault or a limit. */
export function answerControl(control: Control, request: ApiRequest): Answer {
  const key = keyOf(request.headers)
  if (!control.accounts.all.some(account => account.apiKey === key)) {
    return unauthorized('invalid_key', 'Send the API key of an account as `Authorization: Bearer <key>`.')
  }
  switch (`${request.method} ${request.path}`) {
    case 'POST /_sandbox/script':
      return script(control.faults, request)
    case 'DELETE /_sandbox/script':
      control.clearFaults()
      return gone()
    case 'POST /_sandbox/random-faults':
      return faultsBySeed(control.faults, request)
    case 'GET /_sandbox/requests':
      return ok({ requests: control.log.entries })
    case 'GET /_sandbox/chains':
      return ok({ chains: control.grants.chains() })
    case 'POST /_sandbox/revoke-grants':
      control.grants.revokeGrants()
      return gone()
    case 'POST /_sandbox/expire-access-tokens':
      control.grants.expireAccessTokens()
      return gone()
    case 'POST /_sandbox/reset':
      control.reset()
      return gone()
    default:
      return refused(404, 'not_found', 'There is no such control route.')
  }
}

/** From now on, requests meet faults by a seed, counted anew. */
function faultsBySeed(faults: FaultScript, { headers, body }: ApiRequest): Answer {
  const parsed = parseJson(headers['content-type'], body)
  if ('status' in parsed) return parsed
  const { value } = parsed
  if (!isRandomFaults(value)) return refused(422, 'validation_failed', randomFaultsProblem(value) ?? '')
  faults.useRandom(value)
  return gone()
}

/** Takes one fault or a list; all or none are added. */
function script(faults: FaultScript, { headers, body }: ApiRequest): Answer {
  const parsed = parseJson(headers['content-type'], body)
  if ('status' in parsed) return parsed
  const list: unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value]
  const good = list.filter(isFault)
  if (good.length < list.length) {
    const problems = list.map(faultProblem).filter(problem => problem !== undefined)
    return refused(422, 'validation_failed', problems.join(' '))
  }
  faults.add(good)
  return ok({ scripted: good.length })
}
