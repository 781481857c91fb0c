import { describe, expect, test } from 'vitest'
import { connectors } from '../connectors/index.ts'
import { buildCatalog } from './catalog.ts'

const { search, tools } = buildCatalog(connectors)
/** What somebody finds who has connected these two. */
const preferred = new Set(['github', 'sandbox'])
const names = (query: string, limit = 3) => search.find(query, limit, { preferred }).map(hit => hit.tool.name)

describe('the words of a person find the tool among the first three', () => {
  test.each([
    ['create a github issue', 'github_create_issue'],
    ['open a bug report on github', 'github_create_issue'],
    ['close an issue', 'github_update_issue'],
    ['reply to an issue', 'github_comment_on_issue'],
    ['issues assigned to me', 'github_list_my_issues'],
    ['find issues that mention a crash', 'github_search_issues'],
    ['add a label to an issue', 'github_add_issue_labels'],
    ['lock a conversation', 'github_lock_issue'],
    ['open a pull request', 'github_create_pull_request'],
    ['merge pr', 'github_merge_pull_request'],
    ['approve a pull request', 'github_review_pull_request'],
    ['what does this pull request change: diff', 'github_list_pull_request_files'],
    ['list my repos', 'github_list_my_repositories'],
    ['make a new repository', 'github_create_repository'],
    ['rename a repository', 'github_update_repository'],
    ['read a file from a repository', 'github_get_file'],
    ['commit a change to a file', 'github_create_or_update_file'],
    ['delete a file', 'github_delete_file'],
    ['search code', 'github_search_code'],
    ['commit history', 'github_list_commits'],
    ['create a branch', 'github_create_branch'],
    ['did CI pass', 'github_list_workflow_runs'],
    ['run a workflow', 'github_run_workflow'],
    ['invite a collaborator', 'github_add_collaborator'],
    ['release notes', 'github_list_releases'],
    ['unread notifications', 'github_list_notifications'],
    ['who am i on github', 'github_whoami'],
    ['send an email', 'sandbox_send_message'],
    ['search mail', 'sandbox_search_messages'],
    ['refund a payment', 'sandbox_refund_payment'],
    ['charge a customer', 'sandbox_create_payment'],
  ])('%s', (query, wanted) => {
    expect(names(query)).toContain(wanted)
  })

  test('also when they are misspelt or cut short', () => {
    expect(names('notificatons unred')).toContain('github_list_notifications')
    expect(names('pull reqest reviw')).toContain('github_review_pull_request')
  })
})

test('its own name finds a tool among the first three', () => {
  for (const name of tools.keys()) expect(names(name)).toContain(name)
})

test('finds at most as many as asked for, each once, best first', () => {
  const hits = search.find('issue', 5)
  expect(hits).toHaveLength(5)
  expect(new Set(hits.map(hit => hit.tool.name)).size).toBe(5)
  expect(hits.map(hit => hit.score)).toEqual(hits.map(hit => hit.score).toSorted((a, b) => b - a))
})

test('finds only what may be found', () => {
  const hits = search.find('create issue', 50, { keep: tool => tool.provider.slug === 'sandbox' })
  expect(hits[0]?.tool.name).toBe('sandbox_create_issue')
  expect(hits.every(hit => hit.tool.provider.slug === 'sandbox')).toBe(true)
})

test('finds nothing for words that mean nothing here', () => {
  for (const query of ['', '   ', '???', 'qzxvkjw', '日本語']) expect(names(query)).toEqual([])
})

test.each([
  'constructor',
  '__proto__',
  'toString hasOwnProperty',
  '\u0000',
  'a'.repeat(10_000),
  '* OR 1=1 --',
  '[a-z]+(',
])('is not upset by %j', query => {
  expect(Array.isArray(names(query))).toBe(true)
})

describe('a wrong name', () => {
  test.each([
    ['github_create_isue', 'github_create_issue'],
    ['github_get_repo', 'github_get_repository'],
    ['create_issue', 'github_create_issue'],
    ['GITHUB_LIST_ISSUES', 'github_list_issues'],
    ['github.search_code', 'github_search_code'],
  ])('%s has %s among its nearest', (wrong, right) => {
    expect(search.nearest(wrong, 3)).toContain(right)
  })

  test('is looked at as far as a name can reach, so that no long one holds up all else', () => {
    expect(search.nearest(`${'x'.repeat(100)}_github_create_issue`, 3)).toEqual([])
    expect(search.nearest(`github_create_issue_${'a_'.repeat(5000)}`, 3)).toContain('github_create_issue')
  })

  test('that is like no other has none', () => {
    expect(search.nearest('qzxvkjw', 3)).toEqual([])
  })
})
