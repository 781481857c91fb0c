import * as z from 'zod'
import { connector, cursor, file, offset, tool } from '../catalog/define.ts'
import { atlassianAccount, atlassianToken } from './registrations/atlassian.ts'

const issue = { issue_key: z.string().describe('Key such as ENG-123') }
const text = z.string().describe('Jira wiki markup or plain text')
const fields = z.looseObject({ summary: z.string().optional(), description: text.optional() })

/** Jira Cloud's REST API; v2 where it takes plain text: https://developer.atlassian.com/cloud/jira/platform/rest/v3/. */
export const jira = connector({
  name: 'Jira',
  about: 'Search, read, make, change, move and comment on the issues of Jira Cloud.',
  category: 'issues',
  auth: [
    atlassianToken('read:jira-work, write:jira-work and read:jira-user'),
    atlassianAccount(['read:jira-work', 'write:jira-work', 'read:jira-user']),
  ],
  account: { request: 'GET /3/myself', id: 'accountId', label: 'displayName' },
  api: {
    base: 'https://api.atlassian.com/ex/jira/{cloud_id}/rest/api',
    version: '3',
    errors: [{ status: 401, body: ['message', /scope does not match/], code: 'missing_scope' }],
    message: ['errorMessages.0', 'errors', 'message'],
    omit: /^(self|expand|avatarUrls|iconUrl|avatarId)$/,
  },
  sources: { issue_key: 'search_issues', attachment_id: 'get_issue', transition: 'list_transitions' },
  tools: () => ({
    search_issues: tool({
      about: 'Search or list the issues (tickets, bugs, tasks) of Jira with JQL.',
      input: {
        jql: z.string().min(1).describe('project = ENG AND statusCategory != Done AND assignee = currentUser()'),
        fields: z.string().optional().describe('Comma-separated: summary,status,assignee; ids alone unless told'),
        maxResults: z.int().min(1).max(100).optional(),
      },
      request: 'GET /3/search/jql{?jql,fields,maxResults}',
      page: cursor('nextPageToken', 'nextPageToken'),
      pick: 'issues',
    }),
    get_issue: tool({
      about: 'Read one Jira issue: summary, description, status, assignee, comments.',
      input: { ...issue, fields: z.string().optional().describe('Comma-separated; all unless told') },
      request: 'GET /2/issue/{issue_key}{?fields}',
    }),
    create_issue: tool({
      about: 'Make a new issue (ticket, bug, task) in a Jira project. Each call makes another one.',
      input: {
        fields: z.looseObject({
          project: z.strictObject({ key: z.string() }),
          issuetype: z.strictObject({ name: z.string().describe('Such as Task, Bug or Story') }),
          summary: z.string().min(1),
          description: text.optional(),
        }),
      },
      request: 'POST /2/issue',
    }),
    update_issue: tool({
      about: 'Change the fields of a Jira issue. Its status is changed by transition_issue.',
      input: { ...issue, fields },
      request: 'PUT /2/issue/{issue_key}',
    }),
    comment_on_issue: tool({
      about: 'Add a comment to a Jira issue. Each call adds another one.',
      input: { ...issue, body: text.min(1) },
      request: 'POST /2/issue/{issue_key}/comment',
    }),
    list_transitions: tool({
      about: 'List the states that a Jira issue can move to now, with the ids that transition_issue takes.',
      input: issue,
      request: 'GET /3/issue/{issue_key}/transitions',
      pick: 'transitions',
    }),
    transition_issue: tool({
      about: 'Move a Jira issue to another state: start it, close it, reopen it.',
      input: { ...issue, transition: z.strictObject({ id: z.string() }) },
      request: 'POST /3/issue/{issue_key}/transitions',
    }),
    // https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/
    attach_file: tool({
      about: 'Attach a file to a Jira issue. Each call attaches it again.',
      input: { ...issue, file: file() },
      request: 'POST /3/issue/{issue_key}/attachments',
      headers: { 'x-atlassian-token': 'no-check' },
      upload: { kind: 'multipart', file: 'file' },
    }),
    download_attachment: tool({
      about: 'Download a file that is attached to a Jira issue.',
      input: { attachment_id: z.string().describe('From the field attachment of get_issue') },
      request: 'GET /3/attachment/content/{attachment_id}',
      download: { name: 'attachment_id' },
    }),
    list_projects: tool({
      about: 'List or search the projects of Jira with their keys.',
      input: { query: z.string().optional().describe('Words in key or name') },
      request: 'GET /3/project/search{?query}',
      page: offset('startAt', { total: 'total' }),
      pick: 'values',
    }),
  }),
})
