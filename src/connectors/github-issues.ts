import * as z from 'zod'
import { link, tool } from '../catalog/define.ts'
import { direction, markdown, perPage, repo, since, state } from './github-inputs.ts'
import { commentOut, issueOut, labelOut } from './github-outputs.ts'

const issue = { ...repo, issue_number: z.int().min(1) }
const issueFilters = {
  state,
  labels: z.string().optional().describe('Comma-separated names; an issue must have them all'),
  since,
  sort: z.enum(['created', 'updated', 'comments']).optional(),
  direction,
  ...perPage,
}

/** Issues, their comments and labels: a part of github.ts. */
export const issueTools = () => ({
  list_issues: tool({
    about:
      'List the issues of one repository, newest first, open ones unless told. Pull requests are issues too: ' +
      'those have a pull_request field. To search by words use search_issues.',
    input: {
      ...repo,
      ...issueFilters,
      assignee: z.string().optional().describe('Login, none or *'),
      creator: z.string().optional(),
    },
    request: 'GET /repos/{owner}/{repo}/issues{?state,labels,assignee,creator,since,sort,direction,per_page}',
    page: link(),
    output: z.array(issueOut),
  }),
  list_my_issues: tool({
    about: 'List my issues in all repositories: assigned to me, made by me or mentioning me. My tickets and bugs.',
    input: {
      filter: z.enum(['assigned', 'created', 'mentioned', 'subscribed', 'repos', 'all']).optional(),
      ...issueFilters,
    },
    request: 'GET /issues{?filter,state,labels,since,sort,direction,per_page}',
    page: link(),
    output: z.array(issueOut),
  }),
  get_issue: tool({
    about: 'Read one issue: title, body, state, labels, assignees. Its comments come from list_issue_comments.',
    input: issue,
    request: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
    output: issueOut,
  }),
  create_issue: tool({
    about:
      'Open a new issue (ticket, bug report, feature request). Each call makes another one and notifies watchers. ' +
      'Labels and assignees are dropped without a word if the token has no push access.',
    input: {
      ...repo,
      title: z.string().min(1),
      body: markdown.optional(),
      labels: z.array(z.string()).optional(),
      assignees: z.array(z.string()).optional().describe('Logins'),
    },
    request: 'POST /repos/{owner}/{repo}/issues',
    output: issueOut,
  }),
  update_issue: tool({
    about:
      'Change an issue: edit title or body, close or reopen it, set labels and assignees. ' +
      'labels and assignees replace the whole set; to add a label use add_issue_labels.',
    input: {
      ...issue,
      title: z.string().min(1).optional(),
      body: markdown.optional(),
      state: z.enum(['open', 'closed']).optional(),
      state_reason: z.enum(['completed', 'not_planned', 'duplicate', 'reopened']).optional(),
      labels: z.array(z.string()).optional().describe('Replaces all labels'),
      assignees: z.array(z.string()).optional().describe('Logins; replaces all assignees'),
    },
    request: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
    idempotency: 'natural',
    output: issueOut,
  }),
  list_issue_comments: tool({
    about: 'List the comments of an issue or pull request, oldest first: the conversation, discussion, replies.',
    input: { ...issue, since, ...perPage },
    request: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments{?since,per_page}',
    page: link(),
    output: z.array(commentOut),
  }),
  comment_on_issue: tool({
    about: 'Add a comment to an issue or pull request (reply). Each call adds another one and notifies people.',
    input: { ...issue, body: markdown.min(1) },
    request: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    output: commentOut,
  }),
  delete_issue_comment: tool({
    about: 'Delete a comment on an issue or pull request for good. It cannot be brought back.',
    input: { ...repo, comment_id: z.int() },
    request: 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
  }),
  add_issue_labels: tool({
    about: 'Add labels to an issue or pull request and keep those it has. Labels that do not exist yet are made.',
    input: { ...issue, labels: z.array(z.string()).min(1) },
    request: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    idempotency: 'natural',
    output: z.array(labelOut),
  }),
  remove_issue_label: tool({
    about: 'Take one label off an issue or pull request. The label itself stays in the repository.',
    input: { ...issue, name: z.string().describe('Name of the label') },
    request: 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
    effect: 'write',
  }),
  lock_issue: tool({
    about: 'Lock the conversation of an issue or pull request, so that only people with push access can comment.',
    input: { ...issue, lock_reason: z.enum(['off-topic', 'too heated', 'resolved', 'spam']).optional() },
    request: 'PUT /repos/{owner}/{repo}/issues/{issue_number}/lock',
  }),
  unlock_issue: tool({
    about: 'Unlock the conversation of an issue or pull request, so that everybody can comment again.',
    input: issue,
    request: 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/lock',
    effect: 'write',
  }),

  list_labels: tool({
    about: 'List the labels of a repository with their colors and descriptions.',
    input: { ...repo, ...perPage },
    request: 'GET /repos/{owner}/{repo}/labels{?per_page}',
    page: link(),
    output: z.array(labelOut),
  }),
  create_label: tool({
    about: 'Make a new label in a repository. A label of that name must not exist yet.',
    input: { ...repo, name: z.string().min(1), color: z.string().optional().describe('Six hex digits without #') },
    request: 'POST /repos/{owner}/{repo}/labels',
    output: labelOut,
  }),
  delete_label: tool({
    about: 'Delete a label from a repository. It disappears from every issue and pull request that has it.',
    input: { ...repo, name: z.string().describe('Name of the label') },
    request: 'DELETE /repos/{owner}/{repo}/labels/{name}',
  }),
})
