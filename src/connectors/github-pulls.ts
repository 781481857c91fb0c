import * as z from 'zod'
import { link, tool } from '../catalog/define.ts'
import { markdown, perPage, pull, repo, state } from './github-inputs.ts'
import { pullOut } from './github-outputs.ts'

const remark = z.strictObject({
  path: z.string(),
  body: markdown,
  line: z.int().min(1),
  side: z.enum(['LEFT', 'RIGHT']),
})

/** Pull requests: a part of github.ts. */
export const pullTools = () => ({
  list_pull_requests: tool({
    about: 'List the pull requests (PRs) of one repository, open ones unless told.',
    input: {
      ...repo,
      state,
      head: z.string().optional().describe('owner:branch that the change comes from'),
      base: z.string().optional().describe('Branch that the change goes to'),
      ...perPage,
    },
    request: 'GET /repos/{owner}/{repo}/pulls{?state,head,base,per_page}',
    page: link(),
    output: z.array(pullOut),
  }),
  get_pull_request: tool({
    about: 'Read one pull request (PR). mergeable is null while GitHub still works it out: ask again.',
    input: pull,
    request: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    output: pullOut,
  }),
  create_pull_request: tool({
    about: 'Open a pull request (PR) that proposes to merge one branch into another. Both branches must exist.',
    input: {
      ...repo,
      title: z.string().min(1),
      head: z.string().describe('Branch with the change; from a fork: owner:branch'),
      base: z.string().describe('Branch to merge into'),
      body: markdown.optional(),
      draft: z.boolean().optional(),
    },
    request: 'POST /repos/{owner}/{repo}/pulls',
    output: pullOut,
  }),
  update_pull_request: tool({
    about: 'Change a pull request (PR): edit title or body, close or reopen it, change its base branch.',
    input: {
      ...pull,
      title: z.string().min(1).optional(),
      body: markdown.optional(),
      state: z.enum(['open', 'closed']).optional(),
      base: z.string().optional().describe('Branch to merge into'),
    },
    request: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    idempotency: 'natural',
    output: pullOut,
  }),
  merge_pull_request: tool({
    about: 'Merge a pull request (PR). It can only be reverted. With sha it is refused if somebody pushed meanwhile.',
    input: {
      ...pull,
      merge_method: z.enum(['merge', 'squash', 'rebase']).optional(),
      sha: z.string().optional().describe('head.sha as read by get_pull_request'),
      commit_title: z.string().optional(),
      commit_message: z.string().optional(),
    },
    request: 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
    effect: 'destructive',
    // The second time GitHub answers that it cannot be merged, which would hide that the first time it was.
    idempotency: 'none',
    output: z.object({ sha: z.string(), merged: z.boolean() }),
  }),
  list_pull_request_files: tool({
    about: 'List the files that a pull request (PR) changes, with the diff (patch) of each. At most 3000 files.',
    input: { ...pull, ...perPage },
    request: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files{?per_page}',
    page: link(),
    output: z.array(z.object({ filename: z.string(), status: z.string(), changes: z.int() })),
  }),
  review_pull_request: tool({
    about: 'Review a pull request (PR): approve, request changes or comment, also on single lines of the diff.',
    input: {
      ...pull,
      event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']),
      body: markdown.optional().describe('Markdown; needed unless the event is APPROVE'),
      commit_id: z.string().optional().describe('The newest commit unless told'),
      comments: z.array(remark).optional().describe('On lines of the diff; LEFT for a deleted line'),
    },
    request: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  }),
})
