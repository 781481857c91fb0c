import * as z from 'zod'
import { apiKey, connector, link, oauth2, oauth2Device, tool } from '../catalog/define.ts'
import { direction, perPage, repo, since } from './github-inputs.ts'
import { issueTools } from './github-issues.ts'
import { found, issueOut, person, repositoryOut } from './github-outputs.ts'
import { pullTools } from './github-pulls.ts'
import { repositoryTools } from './github-repositories.ts'

const scopes = ['repo', 'read:org', 'read:user', 'notifications', 'workflow']
const oauthApps = 'https://github.com/settings/developers'

/** GitHub's REST API. Facts as in its API description for version 2022-11-28 and https://docs.github.com/rest. */
export const github = connector({
  name: 'GitHub',
  about: 'Repositories, issues, pull requests, code, releases, workflow runs and notifications on GitHub.',
  category: 'code',
  auth: [
    apiKey({
      label: 'personal access token',
      console: 'https://github.com/settings/tokens',
      advice:
        'Classic token: tick repo and notifications, and workflow if agents may change files under .github/workflows. ' +
        'Fine-grained token: choose the repositories and give Contents, Issues, Pull requests and Actions, and ' +
        'Administration if agents may make and change repositories and say who works on them; it cannot read notifications.',
    }),
    oauth2Device({
      label: 'GitHub account, by a code',
      console: oauthApps,
      advice: 'Register an OAuth app, and tick Enable Device Flow. It needs no secret.',
      device: 'https://github.com/login/device/code',
      token: 'https://github.com/login/oauth/access_token',
      tokenHeaders: { accept: 'application/json' },
      clientAuth: 'none',
      scopes,
    }),
    oauth2({
      label: 'GitHub account',
      console: oauthApps,
      authorize: 'https://github.com/login/oauth/authorize',
      token: 'https://github.com/login/oauth/access_token',
      // Without it the answer is a form; failures come with HTTP 200 either way.
      tokenHeaders: { accept: 'application/json' },
      scopes,
    }),
  ],
  account: { request: 'GET /user', id: 'id', label: 'login' },
  api: {
    base: 'https://api.github.com',
    version: '2022-11-28',
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    versionHeader: 'x-github-api-version-selected',
    // https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
    errors: [
      { status: 403, header: ['x-ratelimit-remaining', '0'], code: 'rate_limited' },
      // The secondary limit of content creation and of bursts: it leaves x-ratelimit-remaining above zero.
      { status: 403, body: ['message', /secondary rate limit/i], code: 'rate_limited', waitMs: 60_000 },
      { status: 429, code: 'rate_limited', waitMs: 60_000 },
      { status: 403, body: ['message', /^Resource not accessible by /], code: 'missing_scope' },
      { status: 403, body: ['errors.0.code', 'too_large'], code: 'payload_too_large' },
      { status: 405, code: 'conflict' },
      { status: 422, code: 'validation_error', message: 'errors' },
    ],
    retry: [{ header: 'x-ratelimit-reset', unit: 'epoch_s', when: ['x-ratelimit-remaining', '0'] }],
    // Two thirds of an answer are links to other parts of the API, which an agent cannot follow.
    omit: /^(url|node_id|gravatar_id|_links)$|(?<!html|download|clone)_url$/,
    // https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and …/rest/search: each is a resource of its own.
    limits: [
      { name: 'core', requests: 5000, windowS: 3600, not: ['search_issues', 'search_repositories', 'search_code'] },
      { name: 'search', requests: 30, windowS: 60, tools: ['search_issues', 'search_repositories'] },
      { name: 'code_search', requests: 10, windowS: 60, tools: ['search_code'] },
    ],
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset',
        unit: 'epoch_s',
        max: 'x-ratelimit-limit',
        named: 'x-ratelimit-resource',
      },
    ],
    message: ['message'],
  },
  sources: {
    repo: 'list_my_repositories',
    issue_number: 'list_issues',
    comment_id: 'list_issue_comments',
    pull_number: 'list_pull_requests',
    thread_id: 'list_notifications',
    path: 'list_files',
    branch: 'list_branches',
    ref: 'list_branches',
    workflow_id: 'list_workflows',
    username: 'list_collaborators',
    labels: 'list_labels',
  },
  tools: () => ({
    whoami: tool({
      about: 'Who am I: the account that the token belongs to, with login, name and email. Current user, my profile.',
      input: {},
      request: 'GET /user',
      output: person,
    }),
    ...issueTools(),
    ...pullTools(),
    ...repositoryTools(),

    search_issues: tool({
      about: 'Search issues and pull requests by words and qualifiers: "crash is:open repo:o/r label:bug author:me".',
      input: {
        q: z.string().min(1).describe('Words and qualifiers; add is:issue or is:pr'),
        sort: z.enum(['comments', 'reactions', 'interactions', 'created', 'updated']).optional(),
        order: direction,
        ...perPage,
      },
      request: 'GET /search/issues{?q,sort,order,per_page}',
      page: link(),
      list: 'items',
      output: found(issueOut),
    }),
    search_code: tool({
      about: 'Search code: files by the text in them, on default branches, under 384 KB. 10 searches a minute.',
      input: { q: z.string().min(1).describe('At least one word, and qualifiers'), ...perPage },
      request: 'GET /search/code{?q,per_page}',
      page: link(),
      list: 'items',
    }),
    search_repositories: tool({
      about: 'Search public and own repositories by words and qualifiers: "http client language:go stars:>500".',
      input: {
        q: z.string().min(1).describe('Words and qualifiers such as user:, org:, topic:, stars:'),
        sort: z.enum(['stars', 'forks', 'help-wanted-issues', 'updated']).optional(),
        order: direction,
        ...perPage,
      },
      request: 'GET /search/repositories{?q,sort,order,per_page}',
      page: link(),
      list: 'items',
      output: found(repositoryOut),
    }),

    list_releases: tool({
      about: 'List the releases of a repository with notes and assets, newest first. Plain tags are not listed.',
      input: { ...repo, ...perPage },
      request: 'GET /repos/{owner}/{repo}/releases{?per_page}',
      page: link(),
    }),
    list_workflows: tool({
      about: 'List the GitHub Actions workflows of a repository: their ids, names and files.',
      input: { ...repo, ...perPage },
      request: 'GET /repos/{owner}/{repo}/actions/workflows{?per_page}',
      page: link(),
      pick: 'workflows',
    }),
    run_workflow: tool({
      about: 'Start a GitHub Actions workflow (CI, build, deploy) with a workflow_dispatch trigger. Each call runs it.',
      input: {
        ...repo,
        workflow_id: z.string().describe('Id, or file name such as ci.yml'),
        ref: z.string().describe('Branch or tag to run on'),
        inputs: z.record(z.string(), z.string()).optional().describe('At most 25'),
      },
      request: 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    }),
    list_workflow_runs: tool({
      about: 'List GitHub Actions runs of a repository, newest first: did CI, the build or the deploy pass or fail.',
      input: {
        ...repo,
        branch: z.string().optional(),
        status: z.enum(['queued', 'in_progress', 'completed', 'success', 'failure', 'cancelled']).optional(),
        head_sha: z.string().optional(),
        ...perPage,
      },
      request: 'GET /repos/{owner}/{repo}/actions/runs{?branch,status,head_sha,per_page}',
      page: link(),
      pick: 'workflow_runs',
    }),

    list_notifications: tool({
      about: 'List my notifications (inbox), newest first, unread ones unless all is set.',
      input: {
        all: z.boolean().optional().describe('Also those that were read'),
        participating: z.boolean().optional().describe('Only where I take part or am mentioned'),
        since,
        per_page: z.int().min(1).max(50).optional(),
      },
      request: 'GET /notifications{?all,participating,since,per_page}',
      page: link(),
      scopes: ['notifications'],
    }),
    mark_notification_read: tool({
      about: 'Mark one notification as read: the thread with this id.',
      input: { thread_id: z.string() },
      request: 'PATCH /notifications/threads/{thread_id}',
      idempotency: 'natural',
      scopes: ['notifications'],
    }),
    mark_all_notifications_read: tool({
      about: 'Mark all my notifications as read, those of every repository, up to a time. They cannot be made unread.',
      input: { last_read_at: z.iso.datetime().optional().describe('Newer ones stay unread; now unless told') },
      request: 'PUT /notifications',
      scopes: ['notifications'],
    }),
  }),
})
