import { type Answer, created, invalid, notFound, ok } from '../answer.ts'
import { filledText, oneOf, readFields, text, textOrNull, texts } from '../fields.ts'
import { pageByNumber } from '../paging.ts'
import type { Call, Route } from '../router.ts'
import type { Comment, Issue, Store } from '../store.ts'

const issue = '/projects/{project}/issues/{number}'

export const issueRoutes: Route[] = [
  { method: 'GET', path: '/projects', scope: 'issues', answer: listProjects },
  { method: 'GET', path: '/projects/{project}/issues', scope: 'issues', answer: listIssues },
  { method: 'POST', path: '/projects/{project}/issues', scope: 'issues', answer: createIssue },
  { method: 'GET', path: issue, scope: 'issues', answer: getIssue },
  { method: 'PATCH', path: issue, scope: 'issues', answer: updateIssue },
  { method: 'GET', path: `${issue}/comments`, scope: 'issues', answer: listComments },
  { method: 'POST', path: `${issue}/comments`, scope: 'issues', answer: createComment },
]

function listProjects({ account: { store } }: Call): Answer {
  const openIssues = (key: string) => store.issues.filter(i => i.project === key && i.state === 'open').length
  return ok({ projects: store.projects.map(project => ({ ...project, open_issues: openIssues(project.key) })) })
}

/** Newest first. Without `state`, open and closed ones. */
function listIssues({ account: { store }, params: [project = ''], query, baseUrl, pageSize }: Call): Answer {
  if (!hasProject(store, project)) return notFound('project')
  const state = query.get('state') ?? 'all'
  const label = query.get('label')
  if (!/^(open|closed|all)$/.test(state)) {
    return invalid([{ field: 'state', message: 'must be one of open, closed, all' }])
  }
  const rows = store.issues
    .filter(
      i => i.project === project && (state === 'all' || i.state === state) && (!label || i.labels.includes(label)),
    )
    .toReversed()
  const page = pageByNumber(rows, `${baseUrl}/projects/${encodeURIComponent(project)}/issues`, query, pageSize)
  return 'status' in page ? page : ok(page.rows, { link: page.link })
}

function createIssue({ account, params: [project = ''], body, nowMs, baseUrl }: Call): Answer {
  const { store } = account
  if (!hasProject(store, project)) return notFound('project')
  const fields = readFields(body)
  const content = {
    title: fields.required('title', filledText),
    body: fields.optional('body', text) ?? '',
    labels: fields.optional('labels', texts) ?? [],
    assignee: fields.optional('assignee', textOrNull) ?? null,
  }
  const refusal = fields.refusal()
  if (refusal) return refusal
  const date = new Date(nowMs).toISOString()
  const made: Issue = {
    project,
    number: (store.issues.findLast(i => i.project === project)?.number ?? 0) + 1,
    ...content,
    state: 'open',
    author: account.name,
    comments: 0,
    created_at: date,
    updated_at: date,
    closed_at: null,
  }
  store.issues.push(made)
  return created(made, `${baseUrl}/projects/${encodeURIComponent(project)}/issues/${made.number}`)
}

function getIssue({ account: { store }, params }: Call): Answer {
  const found = store.issues[indexOf(store, params)]
  return found ? ok(found) : notFound('issue')
}

function updateIssue({ account: { store }, params, body, nowMs }: Call): Answer {
  const at = indexOf(store, params)
  const before = store.issues[at]
  if (!before) return notFound('issue')
  const fields = readFields(body)
  const date = new Date(nowMs).toISOString()
  const state = fields.optional('state', oneOf('open', 'closed')) ?? before.state
  const assignee = fields.optional('assignee', textOrNull)
  const after: Issue = {
    ...before,
    title: fields.optional('title', filledText) ?? before.title,
    body: fields.optional('body', text) ?? before.body,
    labels: fields.optional('labels', texts) ?? before.labels,
    assignee: assignee === undefined ? before.assignee : assignee,
    state,
    updated_at: date,
    closed_at: state === 'open' ? null : (before.closed_at ?? date),
  }
  const refusal = fields.refusal()
  if (refusal) return refusal
  store.issues[at] = after
  return ok(after)
}

/** Oldest first. */
function listComments({ account: { store }, params, query, baseUrl, pageSize }: Call): Answer {
  const found = store.issues[indexOf(store, params)]
  if (!found) return notFound('issue')
  const rows = store.comments.filter(comment => comment.project === found.project && comment.issue === found.number)
  const url = `${baseUrl}/projects/${encodeURIComponent(found.project)}/issues/${found.number}/comments`
  const page = pageByNumber(rows, url, query, pageSize)
  return 'status' in page ? page : ok(page.rows, { link: page.link })
}

function createComment({ account, params, body, nowMs, baseUrl }: Call): Answer {
  const { store } = account
  const at = indexOf(store, params)
  const found = store.issues[at]
  if (!found) return notFound('issue')
  const fields = readFields(body)
  const words = fields.required('body', filledText)
  const refusal = fields.refusal()
  if (refusal) return refusal
  const { project, number } = found
  const date = new Date(nowMs).toISOString()
  const id = account.newId('cmt')
  const comment: Comment = { id, project, issue: number, author: account.name, body: words, created_at: date }
  store.comments.push(comment)
  store.issues[at] = { ...found, comments: found.comments + 1, updated_at: date }
  return created(comment, `${baseUrl}/projects/${encodeURIComponent(project)}/issues/${number}/comments`)
}

const hasProject = (store: Store, key: string) => store.projects.some(project => project.key === key)

/** -1 when there is none; a number must be written plainly, so `01` and `1e0` name nothing. */
function indexOf(store: Store, [project, number]: readonly string[]): number {
  return store.issues.findIndex(i => i.project === project && String(i.number) === number)
}
