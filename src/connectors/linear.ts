import * as z from 'zod'
import { apiKey, connector, graphqlPages, oauth2, tool } from '../catalog/define.ts'

const request = 'POST /graphql'
const first = z.int().min(1).max(250).optional()
const markdown = z.string().describe('Markdown')
const priority = z.int().min(0).max(4).optional().describe('0 none, 1 urgent, 2 high, 3 normal, 4 low')
const brief = 'id identifier title priority url updatedAt state { name type } assignee { name } team { key }'
const named = z.object({ name: z.string() })
const briefOut = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  url: z.string(),
  state: named,
  assignee: named.nullable(),
})
const changed = z.object({ success: z.boolean(), issue: briefOut.nullable() })
const change = {
  description: markdown.optional(),
  assigneeId: z.string().optional(),
  stateId: z.string().optional(),
  priority,
  labelIds: z.array(z.string()).optional(),
  projectId: z.string().optional(),
  dueDate: z.iso.date().optional(),
}

/** Linear's GraphQL API: https://linear.app/developers/graphql. */
export const linear = connector({
  name: 'Linear',
  about: 'Search, list, make, change and comment on the issues of a Linear workspace.',
  category: 'issues',
  auth: [
    apiKey({
      label: 'personal API key',
      console: 'https://linear.app/settings/account/security',
      advice: 'Make a personal API key with Read and Write; it may be held to chosen teams.',
      header: 'authorization',
      example: 'lin_api_…',
    }),
    oauth2({
      label: 'Linear account',
      console: 'https://linear.app/settings/api/applications',
      authorize: 'https://linear.app/oauth/authorize',
      authorizeParams: { prompt: 'consent' },
      token: 'https://api.linear.app/oauth/token',
      revoke: 'https://api.linear.app/oauth/revoke',
      scopes: ['read', 'write'],
      scopeSeparator: ',',
      lifetimeS: 86_400,
    }),
  ],
  account: {
    request,
    body: { query: '{ viewer { id email } organization { id urlKey } }' },
    id: 'data.viewer.id',
    label: 'data.viewer.email',
    keep: { organization: 'data.organization.urlKey' },
  },
  api: {
    base: 'https://api.linear.app',
    errors: [
      { body: ['errors.0.extensions.code', 'RATELIMITED'], code: 'rate_limited', waitMs: 60_000 },
      { body: ['errors.0.extensions.code', 'AUTHENTICATION_ERROR'], code: 'authentication_failed' },
      { body: ['errors.0.extensions.code', 'FORBIDDEN'], code: 'permission_denied' },
      { body: ['errors.0.message', /^Entity not found/], code: 'not_found' },
      {
        body: ['errors.0.extensions.type', /^(internal error|lock timeout)$/],
        code: 'provider_unavailable',
        unsure: true,
      },
    ],
    // https://linear.app/developers/rate-limiting
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-requests-remaining',
        reset: 'x-ratelimit-requests-reset',
        unit: 'epoch_ms',
        max: 'x-ratelimit-requests-limit',
      },
    ],
    message: ['errors.0.extensions.userPresentableMessage', 'errors.0.message'],
  },
  sources: { id: 'search_issues' },
  tools: () => ({
    list_teams: tool({
      about: 'List the teams of a Linear workspace with their keys, states and labels: the ids for making issues.',
      input: {},
      request,
      // 100 at once would cost more than one query may: each state and each label counts 50 times for each team.
      graphql:
        'query($after: String) { teams(first: 50, after: $after) { nodes { id key name states { nodes { id name type } } labels { nodes { id name } } } pageInfo { hasNextPage endCursor } } }',
      effect: 'read',
      page: graphqlPages('data.teams'),
      pick: 'data.teams.nodes',
      output: z.array(z.object({ id: z.string(), key: z.string(), name: z.string() })),
    }),
    list_users: tool({
      about: 'List the people of a Linear workspace with their ids.',
      input: {},
      request,
      graphql:
        'query($after: String) { users(first: 250, after: $after) { nodes { id name email active } pageInfo { hasNextPage endCursor } } }',
      effect: 'read',
      page: graphqlPages('data.users'),
      pick: 'data.users.nodes',
      output: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
    search_issues: tool({
      about: 'Search the issues (tickets, bugs) of Linear by words in title, description and comments.',
      input: { term: z.string().min(1), first },
      request,
      graphql: `query($term: String!, $first: Int, $after: String) { searchIssues(term: $term, first: $first, after: $after) { nodes { ${brief} } pageInfo { hasNextPage endCursor } } }`,
      effect: 'read',
      page: graphqlPages('data.searchIssues'),
      pick: 'data.searchIssues.nodes',
      output: z.array(briefOut),
    }),
    list_issues: tool({
      about: 'List the issues (tickets, bugs) of Linear by team, state, assignee or label, last updated first.',
      input: {
        filter: z
          .record(z.string(), z.unknown())
          .optional()
          .describe('IssueFilter: {"team":{"key":{"eq":"ENG"}},"state":{"type":{"in":["started"]}}}'),
        first,
      },
      request,
      graphql: `query($filter: IssueFilter, $first: Int, $after: String) { issues(filter: $filter, first: $first, after: $after, orderBy: updatedAt) { nodes { ${brief} } pageInfo { hasNextPage endCursor } } }`,
      effect: 'read',
      page: graphqlPages('data.issues'),
      pick: 'data.issues.nodes',
      output: z.array(briefOut),
    }),
    get_issue: tool({
      about: 'Read one Linear issue: description, state, assignee, labels and comments.',
      input: { id: z.string().describe('Identifier such as ENG-123, or the UUID') },
      request,
      graphql: `query($id: String!) { issue(id: $id) { ${brief} description dueDate labels { nodes { id name } } comments { nodes { id body createdAt user { name } } } } }`,
      effect: 'read',
      pick: 'data.issue',
      output: briefOut,
    }),
    create_issue: tool({
      about: 'Make a new issue (ticket, bug, task) in a Linear team. Each call makes another one.',
      input: { input: z.strictObject({ teamId: z.string(), title: z.string().min(1), ...change }) },
      request,
      graphql: `mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { ${brief} } } }`,
      pick: 'data.issueCreate',
      output: changed,
    }),
    update_issue: tool({
      about: 'Change a Linear issue: title, description, state, assignee, priority, labels (which are replaced).',
      input: { id: z.string(), input: z.strictObject({ title: z.string().min(1).optional(), ...change }) },
      request,
      graphql: `mutation($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success issue { ${brief} } } }`,
      idempotency: 'natural',
      pick: 'data.issueUpdate',
      output: changed,
    }),
    comment_on_issue: tool({
      about: 'Add a comment to a Linear issue. Each call adds another one.',
      input: { input: z.strictObject({ issueId: z.string(), body: markdown.min(1) }) },
      request,
      graphql: 'mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { id url } } }',
      pick: 'data.commentCreate',
      output: z.object({ success: z.boolean() }),
    }),
  }),
})
