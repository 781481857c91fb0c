import * as z from 'zod'
import { apiKey, connector, link, tool } from '../catalog/define.ts'

const perPage = { per_page: z.int().min(1).max(100).optional().describe('30 unless told') }
const repo = { owner: z.string().describe('Login of the user or organization'), repo: z.string() }
const issue = { ...repo, issue_number: z.int().min(1) }
const pull = { ...repo, pull_number: z.int().min(1) }
const file = { ...repo, path: z.string().describe('From the root of the repository, without a leading slash') }
const markdown = z.string().describe('Markdown')
const state = z.enum(['open', 'closed', 'all']).optional()
const direction = z.enum(['asc', 'desc']).optional()
const since = z.iso.datetime().optional().describe('Only what was updated at or after this time, in UTC')
const permission = z.enum(['pull', 'triage', 'push', 'maintain', 'admin']).optional()
const blobSha = z.string().describe('Blob sha of the present file')
const commit = {
  ...file,
  message: z.string().describe('Commit message'),
  branch: z.string().optional().describe('The default branch unless told'),
}
const remark = z.strictObject({
  path: z.string(),
  body: markdown,
  line: z.int().min(1),
  side: z.enum(['LEFT', 'RIGHT']),
})
const issueFilters = {
  state,
  labels: z.string().optional().describe('Comma-separated names; an issue must have them all'),
  since,
  sort: z.enum(['created', 'updated', 'comments']).optional(),
  direction,
  ...perPage,
}

/** GitHub's REST API. Facts as in its API description for version 2022-11-28 and https://docs.github.com/rest. */
export const github = connector({
  name: 'GitHub',
  about: 'Repositories, issues, pull requests, code, releases, workflow runs and notifications on GitHub.',
  auth: [
    apiKey({
      label: 'personal access token',
      console: 'https://github.com/settings/tokens',
      advice:
        'Classic token: tick repo and notifications, and workflow if agents may change files under .github/workflows. ' +
        'Fine-grained token: choose the repositories and give Contents, Issues, Pull requests and Actions; ' +
        'it cannot read notifications.',
    }),
  ],
  account: { request: 'GET /user', id: 'id', label: 'login' },
  api: {
    base: 'https://api.github.com',
    version: '2022-11-28',
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    // https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
    errors: [
      { status: 403, header: ['x-ratelimit-remaining', '0'], code: 'rate_limited' },
      // The secondary limit of content creation and of bursts: it leaves x-ratelimit-remaining above zero.
      { status: 403, body: ['message', /secondary rate limit/i], code: 'rate_limited', waitMs: 60_000 },
      { status: 429, code: 'rate_limited', waitMs: 60_000 },
      { status: 403, body: ['message', 'Resource not accessible by personal access token'], code: 'missing_scope' },
      { status: 403, body: ['errors.0.code', 'too_large'], code: 'payload_too_large' },
      { status: 405, code: 'conflict' },
      { status: 422, code: 'validation_error', message: 'errors' },
    ],
    retry: [{ header: 'x-ratelimit-reset', unit: 'epoch_s', when: ['x-ratelimit-remaining', '0'] }],
    // Two thirds of an answer are links to other parts of the API, which an agent cannot follow.
    omit: /^(url|node_id|gravatar_id|_links)$|(?<!html|download|clone)_url$/,
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
  tools: {
    whoami: tool({
      about: 'Who am I: the account that the token belongs to, with login, name and email. Current user, my profile.',
      input: {},
      request: 'GET /user',
    }),

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
    }),
    list_my_issues: tool({
      about: 'List my issues in all repositories: assigned to me, made by me or mentioning me. My tickets and bugs.',
      input: {
        filter: z.enum(['assigned', 'created', 'mentioned', 'subscribed', 'repos', 'all']).optional(),
        ...issueFilters,
      },
      request: 'GET /issues{?filter,state,labels,since,sort,direction,per_page}',
      page: link(),
    }),
    get_issue: tool({
      about: 'Read one issue: title, body, state, labels, assignees. Its comments come from list_issue_comments.',
      input: issue,
      request: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
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
    }),
    list_issue_comments: tool({
      about: 'List the comments of an issue or pull request, oldest first: the conversation, discussion, replies.',
      input: { ...issue, since, ...perPage },
      request: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments{?since,per_page}',
      page: link(),
    }),
    comment_on_issue: tool({
      about: 'Add a comment to an issue or pull request (reply). Each call adds another one and notifies people.',
      input: { ...issue, body: markdown.min(1) },
      request: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
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
    }),
    create_label: tool({
      about: 'Make a new label in a repository. A label of that name must not exist yet.',
      input: { ...repo, name: z.string().min(1), color: z.string().optional().describe('Six hex digits without #') },
      request: 'POST /repos/{owner}/{repo}/labels',
    }),
    delete_label: tool({
      about: 'Delete a label from a repository. It disappears from every issue and pull request that has it.',
      input: { ...repo, name: z.string().describe('Name of the label') },
      request: 'DELETE /repos/{owner}/{repo}/labels/{name}',
    }),

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
    }),
    get_pull_request: tool({
      about: 'Read one pull request (PR). mergeable is null while GitHub still works it out: ask again.',
      input: pull,
      request: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
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
    }),
    list_pull_request_files: tool({
      about: 'List the files that a pull request (PR) changes, with the diff (patch) of each. At most 3000 files.',
      input: { ...pull, ...perPage },
      request: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files{?per_page}',
      page: link(),
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

    list_my_repositories: tool({
      about: 'List the repositories that I own, work on or see through an organization: my repos, private ones too.',
      input: {
        visibility: z.enum(['all', 'public', 'private']).optional(),
        affiliation: z.string().optional().describe('Comma-separated: owner, collaborator, organization_member'),
        sort: z.enum(['created', 'updated', 'pushed', 'full_name']).optional(),
        direction,
        ...perPage,
      },
      request: 'GET /user/repos{?visibility,affiliation,sort,direction,per_page}',
      page: link(),
    }),
    get_repository: tool({
      about: 'Read one repository: default branch, visibility, stars. A 404 may mean that the token may not see it.',
      input: repo,
      request: 'GET /repos/{owner}/{repo}',
    }),
    create_repository: tool({
      about: 'Make a new repository under my own account, not an organization. It is public unless private is set.',
      input: {
        name: z.string().min(1),
        description: z.string().optional(),
        private: z.boolean().optional(),
        auto_init: z.boolean().optional().describe('Start with a README, so that there is a branch'),
      },
      request: 'POST /user/repos',
    }),
    update_repository: tool({
      about: 'Change a repository: rename it (GitHub redirects the old name), edit its description, archive it.',
      input: {
        ...repo,
        name: z.string().min(1).optional().describe('New name'),
        description: z.string().optional(),
        default_branch: z.string().optional(),
        archived: z.boolean().optional().describe('true makes it read-only'),
      },
      request: 'PATCH /repos/{owner}/{repo}',
      idempotency: 'natural',
    }),
    list_collaborators: tool({
      about: 'List the people who have access to a repository and what they may do. Needs push access.',
      input: { ...repo, permission, ...perPage },
      request: 'GET /repos/{owner}/{repo}/collaborators{?permission,per_page}',
      page: link(),
    }),
    add_collaborator: tool({
      about: 'Invite a person to a repository, or change what a collaborator may do. At most 50 invitations a day.',
      input: {
        ...repo,
        username: z.string().describe('Login'),
        permission: permission.describe('push unless told; others only in repositories of organizations'),
      },
      request: 'PUT /repos/{owner}/{repo}/collaborators/{username}',
    }),
    remove_collaborator: tool({
      about: "Take away a person's access to a repository. Also unassigns their issues and deletes their fork of it.",
      input: { ...repo, username: z.string().describe('Login') },
      request: 'DELETE /repos/{owner}/{repo}/collaborators/{username}',
    }),

    list_files: tool({
      about: 'List the files and folders of a repository (its tree). If truncated is true, it was too big to list.',
      input: {
        ...repo,
        tree_sha: z.string().describe('Branch, tag or sha; HEAD for the default branch'),
        recursive: z.literal('1').optional().describe('1 to list subfolders too'),
      },
      request: 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}{?recursive}',
    }),
    list_root_folder: tool({
      about: 'List the files and folders at the root of a repository. For another folder give its path to get_file.',
      input: { ...repo, ref: z.string().optional().describe('Branch, tag or commit') },
      request: 'GET /repos/{owner}/{repo}/contents/{?ref}',
    }),
    get_file: tool({
      about: 'Read a file of a repository (in Base64, at most 1 MB) and its sha, or list a folder by its path.',
      input: { ...file, ref: z.string().optional().describe('Branch, tag or commit') },
      request: 'GET /repos/{owner}/{repo}/contents/{+path}{?ref}',
    }),
    create_or_update_file: tool({
      about: 'Write a file in one commit. To replace one that exists, give its sha from get_file. One at a time.',
      input: { ...commit, content: z.string().describe('The whole new content in Base64'), sha: blobSha.optional() },
      request: 'PUT /repos/{owner}/{repo}/contents/{+path}',
      // The second time the sha no longer fits, and the conflict would hide that the first time worked.
      idempotency: 'none',
    }),
    delete_file: tool({
      about: 'Delete a file from a branch in one commit. Older commits still have it. Needs its sha from get_file.',
      input: { ...commit, sha: blobSha },
      request: 'DELETE /repos/{owner}/{repo}/contents/{+path}',
      idempotency: 'none',
    }),
    list_branches: tool({
      about: 'List the branches of a repository with the commit at the head of each.',
      input: { ...repo, protected: z.boolean().optional(), ...perPage },
      request: 'GET /repos/{owner}/{repo}/branches{?protected,per_page}',
      page: link(),
    }),
    create_branch: tool({
      about: 'Make a new branch (or tag) that points at a commit. Get the commit from list_branches or list_commits.',
      input: {
        ...repo,
        ref: z.string().describe('refs/heads/NAME for a branch, refs/tags/NAME for a tag'),
        sha: z.string().describe('Commit sha'),
      },
      request: 'POST /repos/{owner}/{repo}/git/refs',
    }),
    delete_branch: tool({
      about: 'Delete a branch. Commits that are on no other branch become hard to find; its open pull requests close.',
      input: { ...repo, branch: z.string() },
      request: 'DELETE /repos/{owner}/{repo}/git/refs/heads/{+branch}',
    }),
    list_commits: tool({
      about: 'List commits: the history of a repository, branch or file, newest first.',
      input: {
        ...repo,
        sha: z.string().optional().describe('Branch or commit to start from'),
        path: z.string().optional().describe('Only commits that touch this file or folder'),
        author: z.string().optional().describe('Login or email'),
        since: z.iso.datetime().optional(),
        until: z.iso.datetime().optional(),
        ...perPage,
      },
      request: 'GET /repos/{owner}/{repo}/commits{?sha,path,author,since,until,per_page}',
      page: link(),
    }),
    get_commit: tool({
      about: 'Read one commit: message, author, and the diff (patch) of each file that it changes.',
      input: { ...repo, ref: z.string().describe('Commit sha, branch or tag') },
      request: 'GET /repos/{owner}/{repo}/commits/{ref}',
    }),

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
    }),
    search_code: tool({
      about: 'Search code: files by the text in them, on default branches, under 384 KB. 10 searches a minute.',
      input: { q: z.string().min(1).describe('At least one word, and qualifiers'), ...perPage },
      request: 'GET /search/code{?q,per_page}',
      page: link(),
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
  },
})
