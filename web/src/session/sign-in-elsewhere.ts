import { problemFrom, unreachable } from '../api/problem.ts'

/**
 * Goes to the OpenID provider to sign in there; with an invitation, to accept it. Throws a Problem when that cannot begin.
 * What comes of it is told in the fragment of the page that it comes back to.
 */
export async function signInElsewhere(invitation?: string): Promise<void> {
  const answer = await fetch('/auth/oidc/start', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(invitation === undefined ? {} : { invitation }),
  }).catch(() => {
    throw unreachable()
  })
  const told: unknown = await answer.json().catch(() => undefined)
  const { location } = Object(told)
  if (!answer.ok || typeof location !== 'string') throw problemFrom(answer.status, told)
  window.location.assign(location)
}
