import { problemFrom, unreachable } from '../api/problem.ts'

type Asked = { invitation?: string | undefined; to?: string | undefined; password?: string | undefined }

/** As many characters as the server keeps meanwhile. */
const pathMax = 1000

/**
 * Goes to the OpenID provider to sign in there; with an invitation, to accept it. Throws a Problem when that cannot begin.
 * What comes of it is told in the fragment of the page that it comes back to.
 * @param asked `to`: the page to open afterwards; `password`: of who is signed in, to link the account there
 */
export async function signInElsewhere({ invitation, to = '', password }: Asked): Promise<void> {
  const answer = await fetch('/auth/oidc/start', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ invitation, password, to: to !== '' && to.length <= pathMax ? to : undefined }),
  }).catch(() => {
    throw unreachable()
  })
  const told: unknown = await answer.json().catch(() => undefined)
  const { location } = Object(told)
  if (!answer.ok || typeof location !== 'string') throw problemFrom(answer.status, told)
  window.location.assign(location)
}
