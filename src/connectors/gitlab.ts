import * as z from 'zod'
import { apiKey, connector, link, oauth2, tool } from '../catalog/define.ts'

const per_page = z.int().min(1).max(100).optional()
const project = { project: z.string().describe('Id, or path such as group/project') }
const issue = { ...project, issue_iid: z.int().min(1).describe('Number of the issue in its project') }
const mergeRequest = { ...project, merge_request_iid: z.int().min(1) }
const markdown = z.string().describe('Markdown')
const labels = z.string().optional().describe('Comma-separated names')

/** GitLab's REST API v4, on gitlab.com or a server of one's own: https://docs.gitlab.com/api/rest/. */
export const gitlab = connector({
  name: 'GitLab',
  about: 'Projects, issues, merge requests, files and pipelines on gitlab.com or a GitLab server of your own.',
  category: 'code',
  auth: [
    apiKey({
      label: 'personal access token',
      console: 'https://gitlab.com/-/user_settings/personal_access_tokens',
      advice:
        'Tick api (or read_api, if agents shall only read). On a server of your own the page has the same path. ' +
        'Project and group access tokens work too.',
      header: 'private-token',
      example: 'glpat-…',
    }),
    oauth2({
      label: 'GitLab account',
      console: 'https://gitlab.com/-/user_settings/applications',
      authorize: 'https://{host}/oauth/authorize',
      token: 'https://{host}/oauth/token',
      revoke: 'https://{host}/oauth/revoke',
      scopes: ['api', 'read_user'],
      lifetimeS: 7200,
    }),
  ],
  inputs: {
    host: {
      label: 'GitLab server',
      hint: 'Leave it at gitlab.com, unless your organization runs its own GitLab.',
      example: 'gitlab.com',
      default: 'gitlab.com',
      matches: /[A-Za-z0-9.-]+(:\d{1,5})?/,
    },
  },
  account: { request: 'GET /user', id: 'id', label: 'username' },
  api: {
    base: 'https://{host}/api/v4',
    version: 'v4',
    errors: [
      { status: 403, body: ['error', 'insufficient_scope'], code: 'missing_scope' },
      { status: 405, code: 'conflict' },
      { status: 422, code: 'validation_error' },
    ],
    retry: [{ header: 'ratelimit-reset', unit: 'epoch_s', when: ['ratelimit-remaining', '0'] }],
    // https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers: the reset is a time, not how long.
    hears: [
      { kind: 'plain', left: 'ratelimit-remaining', reset: 'ratelimit-reset', unit: 'epoch_s', max: 'ratelimit-limit' },
    ],
    message: ['message', 'error_description', 'error'],
    omit: /^(_links|links|avatar_url|task_completion_status|references)$/,
  },
  sources: { project: 'list_projects', issue_iid: 'list_issues', merge_request_iid: 'list_merge_requests' },
  tools: () => ({
    list_projects: tool({
      about: 'List or search GitLab projects (repositories): my own, or all.',
      input: {
        search: z.string().optional(),
        membership: z.boolean().describe('true for mine, false for all that can be seen'),
        simple: z.boolean().optional().describe('true for names and addresses alone'),
        per_page,
      },
      request: 'GET /projects{?search,membership,simple,per_page}',
      page: link(),
    }),
    list_issues: tool({
      about: 'List or search the issues (tickets, bugs) of a GitLab project, newest first.',
      input: {
        ...project,
        state: z.enum(['opened', 'closed', 'all']).optional(),
        search: z.string().optional().describe('Words in title or description'),
        labels,
        per_page,
      },
      request: 'GET /projects/{project}/issues{?state,search,labels,per_page}',
      page: link(),
    }),
    get_issue: tool({
      about: 'Read one issue of a GitLab project.',
      input: issue,
      request: 'GET /projects/{project}/issues/{issue_iid}',
    }),
    create_issue: tool({
      about: 'Open a new issue (ticket, bug, task) in a GitLab project. Each call makes another one.',
      input: { ...project, title: z.string().min(1), description: markdown.optional(), labels },
      request: 'POST /projects/{project}/issues',
    }),
    update_issue: tool({
      about: 'Change an issue of a GitLab project: edit it, close or reopen it. labels replace those it has.',
      input: {
        ...issue,
        title: z.string().min(1).optional(),
        description: markdown.optional(),
        state_event: z.enum(['close', 'reopen']).optional(),
        labels,
      },
      request: 'PUT /projects/{project}/issues/{issue_iid}',
    }),
    comment_on_issue: tool({
      about: 'Add a comment (note) to an issue of a GitLab project. Each call adds another one.',
      input: { ...issue, body: markdown.min(1) },
      request: 'POST /projects/{project}/issues/{issue_iid}/notes',
    }),
    list_merge_requests: tool({
      about: 'List the merge requests of a GitLab project, newest first.',
      input: { ...project, state: z.enum(['opened', 'closed', 'merged', 'all']).optional(), per_page },
      request: 'GET /projects/{project}/merge_requests{?state,per_page}',
      page: link(),
    }),
    get_merge_request: tool({
      about: 'Read one merge request of a GitLab project: branches, state, whether it can be merged.',
      input: mergeRequest,
      request: 'GET /projects/{project}/merge_requests/{merge_request_iid}',
    }),
    create_merge_request: tool({
      about: 'Open a merge request in a GitLab project: propose to merge one branch into another.',
      input: {
        ...project,
        source_branch: z.string(),
        target_branch: z.string(),
        title: z.string().min(1),
        description: markdown.optional(),
      },
      request: 'POST /projects/{project}/merge_requests',
    }),
    list_pipelines: tool({
      about: 'List the CI pipelines of a GitLab project, newest first: did the build or the deploy pass or fail.',
      input: { ...project, ref: z.string().optional().describe('Branch or tag'), per_page },
      request: 'GET /projects/{project}/pipelines{?ref,per_page}',
      page: link(),
    }),
  }),
})
