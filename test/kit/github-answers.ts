/**
 * Answers of GitHub that are in no public recording, after its documentation. Each names the page that describes it.
 * Times are given in by the test, because they depend on its clock.
 */
import type { Received, Recording } from './recorded-provider.ts'

const json = { 'content-type': 'application/json; charset=utf-8', 'x-github-media-type': 'github.v3; format=json' }
const quota = { 'x-ratelimit-limit': 5000, 'x-ratelimit-remaining': 4999, 'x-ratelimit-used': 1 }
const rateLimits = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'
const restPage = 'https://docs.github.com/rest'

type Request = Pick<Recording, 'method' | 'path' | 'body'>

/** https://docs.github.com/rest/users/users#get-the-authenticated-user */
export const currentUser: Recording = {
  method: 'GET',
  path: '/user',
  status: 200,
  headers: { ...json, ...quota, 'x-oauth-scopes': 'repo, notifications' },
  response: { login: 'octokit-fixture-user-a', id: 31898046, type: 'User', name: 'Fixture User A', email: null },
  times: Number.POSITIVE_INFINITY,
}

/**
 * What GitHub says to a request without a user agent or without this token.
 * https://docs.github.com/rest/authentication/authenticating-to-the-rest-api#failed-login-limit and
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#user-agent-required
 */
export const refuseStrangers =
  (token: string) =>
  ({ method, path, headers }: Received): Recording | undefined => {
    if (!headers['user-agent']) {
      const response =
        'Request forbidden by administrative rules. Please make sure your request has a User-Agent header'
      return { method, path, status: 403, headers: { 'content-type': 'text/plain' }, response }
    }
    if (headers.authorization === `Bearer ${token}`) return undefined
    const response = { message: 'Bad credentials', documentation_url: restPage, status: '401' }
    return { method, path, status: 401, headers: json, response }
  }

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
export const primaryRateLimit = (request: Request, status: 403 | 429, resetEpochS: number): Recording => ({
  ...request,
  status,
  headers: {
    ...json,
    'x-ratelimit-limit': 5000,
    'x-ratelimit-remaining': 0,
    'x-ratelimit-used': 5000,
    'x-ratelimit-reset': resetEpochS,
    'x-ratelimit-resource': 'core',
  },
  response: { message: 'API rate limit exceeded for user ID 31898046.', documentation_url: rateLimits },
})

/** The same page. The primary quota is not used up, so only the message tells; `retry-after` need not be there. */
export const secondaryRateLimit = (
  request: Request,
  status: 403 | 429,
  { resetEpochS, retryAfterS }: { resetEpochS: number; retryAfterS?: number },
): Recording => ({
  ...request,
  status,
  headers: {
    ...json,
    ...quota,
    'x-ratelimit-reset': resetEpochS,
    ...(retryAfterS === undefined ? {} : { 'retry-after': retryAfterS }),
  },
  response: {
    message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    documentation_url:
      'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
  },
})

/** https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource */
export const notFound = (request: Request): Recording => ({
  ...request,
  status: 404,
  headers: { ...json, ...quota },
  response: { message: 'Not Found', documentation_url: restPage, status: '404' },
})

/** https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible */
export const notAccessible = (request: Request): Recording => ({
  ...request,
  status: 403,
  headers: { ...json, ...quota, 'x-accepted-github-permissions': 'issues=write' },
  response: { message: 'Resource not accessible by personal access token', documentation_url: restPage, status: '403' },
})

/** https://docs.github.com/rest/issues/issues#create-an-issue (410: issues are disabled in the repository) */
export const issuesDisabled = (request: Request): Recording => ({
  ...request,
  status: 410,
  headers: { ...json, ...quota },
  response: { message: 'Issues are disabled for this repo', documentation_url: restPage, status: '410' },
})

/** https://docs.github.com/rest/pulls/pulls#merge-a-pull-request (405: cannot be merged; 409: the head has moved) */
export const notMergeable = (request: Request, status: 405 | 409): Recording => ({
  ...request,
  status,
  headers: { ...json, ...quota },
  response: {
    message:
      status === 405 ? 'Pull Request is not mergeable' : 'Head branch was modified. Review and try the merge again.',
    documentation_url: 'https://docs.github.com/rest/pulls/pulls#merge-a-pull-request',
  },
})

/** https://docs.github.com/rest/repos/contents#get-repository-content (a file above 1 MB) */
export const tooLarge = (request: Request): Recording => ({
  ...request,
  status: 403,
  headers: { ...json, ...quota },
  response: {
    message: 'This API returns blobs up to 1 MB in size.',
    errors: [{ resource: 'Blob', field: 'data', code: 'too_large' }],
    documentation_url: 'https://docs.github.com/rest/repos/contents#get-repository-content',
  },
})

/** The same page (a file of at most 1 MB). */
export const fileContent = (request: Request, text: string, sha: string): Recording => {
  const path = request.path.split('/contents/')[1] ?? ''
  const bytes = Buffer.from(text)
  return {
    ...request,
    status: 200,
    headers: { ...json, ...quota },
    response: {
      type: 'file',
      encoding: 'base64',
      size: bytes.length,
      name: path.split('/').at(-1),
      path,
      content: `${bytes.toString('base64')}\n`,
      sha,
    },
  }
}

/** https://docs.github.com/rest/issues/issues#create-an-issue */
export const issueMade = (request: Request, number: number): Recording => ({
  ...request,
  status: 201,
  headers: { ...json, ...quota },
  response: {
    number,
    ...Object(request.body),
    state: 'open',
    html_url: `https://github.com/octokit-fixture-org/hello-world/issues/${number}`,
    comments: 0,
    created_at: '2026-01-15T12:00:00Z',
  },
})

/** An answer without a body, as GitHub gives to most deletes (204). */
export const noContent = (request: Request): Recording => ({
  ...request,
  status: 204,
  headers: quota,
  response: '',
})
