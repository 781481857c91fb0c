/** ClawLink as a whole against recorded answers of GitHub: REST in, real HTTP out. */
import { describe, expect, test } from 'vitest'
import { type RestAnswer, startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import * as answers from '../kit/github-answers.ts'
import {
  githubScenario,
  type RecordedProvider,
  type Recording,
  startRecordedProvider,
} from '../kit/recorded-provider.ts'

const token = 'ghp_PlantedSecretThatNobodyMaySee4711'
const origin = 'https://api.github.com'
const owner = 'octokit-fixture-org'

type Stage = {
  claw: TestClawLink
  github: RecordedProvider
  call: TestClawLink['call']
  /** What reached the provider, as `METHOD path`. */
  sent(): string[]
}

/**
 * Plays against a GitHub that answers by these recordings alone. Afterwards every request must have been recorded and
 * have carried the right headers, and the token must not have come out anywhere.
 */
async function withGithub(
  recordings: readonly Recording[],
  play: (stage: Stage) => Promise<void>,
  sameAs: Record<string, string> = {},
): Promise<void> {
  const refuse = answers.refuseStrangers(token)
  await using github = await startRecordedProvider({
    recordings: [answers.currentUser, ...recordings],
    origin,
    refuse,
    sameAs,
  })
  await using claw = await startClawLink({ baseUrls: { github: github.url }, connected: false })
  await claw.connect({ provider: 'github', secret: token })
  github.received.splice(0)
  const said: string[] = []
  const call: Stage['call'] = async (...args) => {
    const answer = await claw.call(...args)
    said.push(answer.text, JSON.stringify([...answer.headers]))
    return answer
  }

  await play({ claw, github, call, sent: () => github.received.map(({ method, path }) => `${method} ${path}`) })

  expect(github.unexpected).toEqual([])
  for (const { headers, body } of github.received) {
    expect(headers).toMatchObject({
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'user-agent': expect.stringMatching(/^ClawLink/),
    })
    expect(headers['content-type']).toBe(body === undefined ? undefined : 'application/json')
  }
  const stored = await Promise.all([claw.rows('usage'), claw.rows('connections'), claw.rows('credentials')])
  for (const text of [...said, claw.logged(), JSON.stringify(stored)]) expect(text).not.toContain(token)
}

/** The one recording of this request in a scenario. */
function recorded(scenario: string, method: string, path: string): Recording {
  const [found, ...others] = githubScenario(scenario).filter(each => each.method === method && each.path === path)
  if (!found || others.length) throw new Error(`${method} ${path} is not in ${scenario} exactly once`)
  return found
}

const succeeded = (answer: RestAnswer) => {
  expect(answer).toMatchObject({
    status: 200,
    body: { outcome: 'succeeded', account: 'octokit-fixture-user-a', untrusted: true },
  })
  return answer.body.data
}

describe('a token', () => {
  test('is tried before it is stored, and names the account', () =>
    withGithub([], async ({ claw, sent, github }) => {
      const { body, text } = await claw.rest('POST', '/connections', {
        body: { provider: 'github', secret: token, label: 'second' },
      })
      expect(body).toMatchObject({ provider: 'github', account: { id: '31898046', label: 'octokit-fixture-user-a' } })
      expect(text).not.toContain(token)
      expect(sent()).toEqual(['GET /user'])
      expect(github.received[0]?.body).toBeUndefined()
    }))

  test('that GitHub refuses is not stored, and the person is told where to make another', () =>
    withGithub([], async ({ claw, github }) => {
      const wrong = 'ghp_AnotherPlantedSecretThatIsNotValid'
      const answer = await claw.rest('POST', '/connections', {
        body: { provider: 'github', secret: wrong, label: 'wrong' },
      })
      expect(answer).toMatchObject({ status: 401, body: { code: 'authentication_failed', providerStatus: 401 } })
      expect(answer.body.fix).toContain('https://github.com/settings/tokens')
      expect(answer.text + claw.logged()).not.toContain(wrong)
      expect(await claw.rows('connections')).toHaveLength(1)
      expect(github.received.splice(0)).toMatchObject([
        { path: '/user', headers: { authorization: `Bearer ${wrong}` } },
      ])
    }))
})

describe('reading', () => {
  test('walks the issues of a repository to the last page, each page once', () =>
    withGithub(
      githubScenario('paginate-issues'),
      async ({ call, sent }) => {
        const args = { owner, repo: 'paginate-issues', per_page: 3 }
        const numbers: unknown[] = []
        let next: string | undefined
        do {
          const answer = await call('github_list_issues', args, next === undefined ? {} : { next })
          numbers.push(...(succeeded(answer) as { number: number }[]).map(issue => issue.number)) // a list, as recorded
          next = answer.body.next as string | undefined // absent on the last page
        } while (next !== undefined)

        expect(numbers).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
        const path = `GET /repos/${owner}/paginate-issues/issues?per_page=3`
        expect(sent()).toEqual([path, ...[2, 3, 4, 5].map(page => `${path}&page=${page}`)])
      },
      // GitHub's links name the repository by its id; ClawLink stays with the path of the tool.
      { [`/repos/${owner}/paginate-issues`]: '/repositories/1000' },
    ))

  test('searches with the words and qualifiers as they were given', () =>
    withGithub(githubScenario('search-issues'), async ({ call, sent }) => {
      const found = succeeded(await call('github_search_issues', { q: `sesame repo:${owner}/search-issues` }))
      expect(found).toMatchObject({ total_count: 2, items: [{ number: 2 }, { number: 1 }] })
      expect(sent()).toEqual([`GET /search/issues?q=sesame%20repo%3A${owner}%2Fsearch-issues`])
    }))

  test('gives a repository as GitHub describes it', () =>
    withGithub(githubScenario('get-repository'), async ({ call, sent }) => {
      const found = succeeded(await call('github_get_repository', { owner, repo: 'hello-world' }))
      expect(found).toMatchObject({ full_name: `${owner}/hello-world`, private: false })
      expect(sent()).toEqual([`GET /repos/${owner}/hello-world`])
    }))

  test('lists the root folder, and reads a file deep in another by a path with all kinds of characters', () => {
    const root = `/repos/${owner}/hello-world/contents/`
    const file = { method: 'GET', path: `${root}docs/how%20to%3F/%C3%BCber%231.md?ref=feature%2Fx` }
    const recordings = [recorded('get-content', 'get', root), answers.fileContent(file, '# Hi\n', 'abc')]
    return withGithub(recordings, async ({ call, sent }) => {
      const args = { owner, repo: 'hello-world' }
      expect(succeeded(await call('github_list_root_folder', args))).toMatchObject([{ name: 'README.md', size: 13 }])
      const path = 'docs/how to?/über#1.md'
      const read = succeeded(await call('github_get_file', { ...args, path, ref: 'feature/x' }))
      expect(read).toMatchObject({
        encoding: 'base64',
        content: `${Buffer.from('# Hi\n').toString('base64')}\n`,
        sha: 'abc',
      })
      expect(sent()).toEqual([`GET ${root}`, `GET ${file.path}`])
    })
  })
})

describe('writing', () => {
  test('previews a file without sending it, then makes it', () =>
    withGithub(githubScenario('create-file'), async ({ claw, call, github, sent }) => {
      const args = {
        owner,
        repo: 'create-file',
        path: 'test.txt',
        message: 'create test.txt',
        content: 'VGVzdCBjb250ZW50',
      }
      const preview = await claw.rest('POST', '/tools/github_create_or_update_file/preview', {
        body: { arguments: args },
      })
      expect(preview.text).not.toContain(token)
      expect(preview.body).toMatchObject({
        effect: 'write',
        request: {
          method: 'PUT',
          url: `${github.url}/repos/${owner}/create-file/contents/test.txt`,
          headers: { authorization: 'Bearer •••', 'x-github-api-version': '2022-11-28' },
          body: { message: args.message, content: args.content },
        },
      })
      expect(sent()).toEqual([])

      const made = succeeded(await call('github_create_or_update_file', args))
      expect(made).toMatchObject({ content: { path: 'test.txt' }, commit: { message: 'create test.txt' } })
      expect(sent()).toEqual([`PUT /repos/${owner}/create-file/contents/test.txt`])
      expect(github.received[0]?.body).toEqual({ message: args.message, content: args.content })
    }))

  test('opens an issue and labels it', () =>
    withGithub(githubScenario('add-labels-to-issue'), async ({ call, github }) => {
      const args = { owner, repo: 'add-labels-to-issue' }
      const made = succeeded(await call('github_create_issue', { ...args, title: 'Issue without a label' }))
      expect(made).toMatchObject({ number: 1, labels: [] })
      const labels = ['Foo', 'bAr', 'baZ']
      const added = succeeded(await call('github_add_issue_labels', { ...args, issue_number: 1, labels }))
      expect(added).toMatchObject(labels.map(name => ({ name })))
      expect(github.received).toMatchObject([
        {
          method: 'POST',
          path: `/repos/${owner}/add-labels-to-issue/issues`,
          body: { title: 'Issue without a label' },
        },
        { method: 'POST', path: `/repos/${owner}/add-labels-to-issue/issues/1/labels`, body: { labels } },
      ])
    }))

  test.each([
    ['test-label-updated', 'test-label-updated'],
    ['good first issue', 'good%20first%20issue'],
    ['area/docs', 'area%2Fdocs'],
    ['50% done? #1', '50%25%20done%3F%20%231'],
    ['größer ✓', 'gr%C3%B6%C3%9Fer%20%E2%9C%93'],
    ['..%2f..', '..%252f..'],
  ])('deletes the label %j and no other', (name, escaped) => {
    const request = { method: 'DELETE', path: `/repos/${owner}/labels/labels/${escaped}` }
    return withGithub([answers.noContent(request)], async ({ call, sent }) => {
      expect(succeeded(await call('github_delete_label', { owner, repo: 'labels', name }))).toBeNull()
      expect(sent()).toEqual([`DELETE ${request.path}`])
    })
  })

  test('locks and unlocks a conversation, both answered without a body', () =>
    withGithub(githubScenario('lock-issue'), async ({ call, sent }) => {
      const args = { owner, repo: 'lock-issue', issue_number: 1 }
      expect(succeeded(await call('github_lock_issue', args))).toBeNull()
      expect(succeeded(await call('github_unlock_issue', args))).toBeNull()
      const path = `/repos/${owner}/lock-issue/issues/1/lock`
      expect(sent()).toEqual([`PUT ${path}`, `DELETE ${path}`])
    }))

  test('makes a branch and deletes it', () => {
    const refs = `/repos/${owner}/git-refs/git/refs`
    const recordings = [recorded('git-refs', 'post', refs), recorded('git-refs', 'delete', `${refs}/heads/test`)]
    return withGithub(recordings, async ({ call, sent }) => {
      const args = { owner, repo: 'git-refs' }
      const sha = '0000000000000000000000000000000000000002'
      const made = succeeded(await call('github_create_branch', { ...args, ref: 'refs/heads/test', sha }))
      expect(made).toMatchObject({ ref: 'refs/heads/test' })
      expect(succeeded(await call('github_delete_branch', { ...args, branch: 'test' }))).toBeNull()
      expect(sent()).toEqual([`POST ${refs}`, `DELETE ${refs}/heads/test`])
    })
  })

  test('invites a collaborator, lists those there are, and takes one away', () => {
    const repo = 'add-and-remove-repository-collaborator'
    const path = `/repos/${owner}/${repo}/collaborators`
    return withGithub(githubScenario(repo), async ({ call, sent }) => {
      const username = 'octokit-fixture-user-b'
      const logins = (data: unknown) => (data as { login: string }[]).map(({ login }) => login) // a list, as recorded
      expect(succeeded(await call('github_add_collaborator', { owner, repo, username }))).toMatchObject({ id: 1000 })
      expect(logins(succeeded(await call('github_list_collaborators', { owner, repo })))).toContain(username)
      expect(succeeded(await call('github_remove_collaborator', { owner, repo, username }))).toBeNull()
      expect(logins(succeeded(await call('github_list_collaborators', { owner, repo })))).not.toContain(username)
      expect(sent()).toEqual([`PUT ${path}/${username}`, `GET ${path}`, `DELETE ${path}/${username}`, `GET ${path}`])
    })
  })

  test('marks all notifications as read, answered 205', () =>
    withGithub(githubScenario('mark-notifications-as-read'), async ({ call, sent }) => {
      expect(succeeded(await call('github_mark_all_notifications_read'))).toBeNull()
      expect(sent()).toEqual(['PUT /notifications'])
    }))
})

test('a renamed repository is read and changed under its old name, with the credential at the same host', () => {
  const repo = 'rename-repository'
  return withGithub(githubScenario(repo), async ({ call, sent }) => {
    const name = 'rename-repository-newname'
    const newName = { full_name: `${owner}/${name}` }
    expect(succeeded(await call('github_update_repository', { owner, repo, name }))).toMatchObject(newName)
    expect(succeeded(await call('github_get_repository', { owner, repo }))).toMatchObject(newName)
    const change = { owner, repo, name, description: 'test description' }
    expect(succeeded(await call('github_update_repository', change))).toMatchObject({ description: change.description })
    const path = `/repos/${owner}/${repo}`
    expect(sent()).toEqual([
      `PATCH ${path}`,
      ...[`GET ${path}`, 'GET /repositories/1000'],
      ...[`PATCH ${path}`, 'PATCH /repositories/1000'],
    ])
  })
})

describe('what GitHub refuses', () => {
  const issue = { owner, repo: 'hello-world', issue_number: 7 }
  const issueRequest = { method: 'GET', path: `/repos/${owner}/hello-world/issues/7` }
  const big = { owner, repo: 'hello-world', path: 'big.bin' }
  const bigRequest = { method: 'GET', path: `/repos/${owner}/hello-world/contents/big.bin` }
  const pull = { owner, repo: 'hello-world', pull_number: 7 }
  const mergeRequest = { method: 'PUT', path: `/repos/${owner}/hello-world/pulls/7/merge` }

  test.each([
    ['404', 'github_get_issue', issue, answers.notFound(issueRequest), 404, 'not_found'],
    ['410', 'github_get_issue', issue, answers.issuesDisabled(issueRequest), 404, 'not_found'],
    ['403, for a permission', 'github_get_issue', issue, answers.notAccessible(issueRequest), 403, 'missing_scope'],
    ['403, for a size', 'github_get_file', big, answers.tooLarge(bigRequest), 413, 'payload_too_large'],
    ['405', 'github_merge_pull_request', pull, answers.notMergeable(mergeRequest, 405), 409, 'conflict'],
    ['409', 'github_merge_pull_request', pull, answers.notMergeable(mergeRequest, 409), 409, 'conflict'],
  ])('with %s fails once, in our words and its own', (_, tool, args, recording, status, code) =>
    withGithub([recording], async ({ call, sent }) => {
      const answer = await call(tool, args)
      const { message } = recording.response as { message: string } // as each of these is written
      expect(answer).toMatchObject({ status, body: { code, outcome: 'failed', providerStatus: recording.status } })
      expect(answer.body).toMatchObject({ retryable: false, detail: expect.stringContaining(message) })
      expect(answer.body).not.toHaveProperty('retryAfterMs')
      expect(sent()).toHaveLength(1)
    }),
  )

  test('with 404 may only be hidden from this token, and the answer says so', () =>
    withGithub([answers.notFound(issueRequest)], async ({ call }) => {
      const { body } = await call('github_get_issue', issue)
      expect(body.fix).toMatch(/may not see looks the same as one that does not exist/)
    }))

  test('with 422 is explained field by field', () =>
    withGithub(githubScenario('errors'), async ({ call, github }) => {
      const answer = await call('github_create_label', { owner, repo: 'errors', name: 'foo', color: 'invalid' })
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_error', providerStatus: 422 } })
      expect(answer.body.detail).toContain('{"resource":"Label","code":"invalid","field":"color"}')
      expect(github.received).toMatchObject([{ method: 'POST', body: { name: 'foo', color: 'invalid' } }])
    }))
})

describe('a rate limit', () => {
  const args = { owner, repo: 'hello-world', title: 'One too many' }
  const request = { method: 'POST', path: `/repos/${owner}/hello-world/issues`, body: { title: args.title } }
  const startedS = Date.UTC(2026, 0, 15, 12) / 1000
  const made = answers.issueMade(request, 8)

  test.each([403, 429] as const)('of the hour (%i) is waited out until the time that GitHub names', status =>
    withGithub([answers.primaryRateLimit(request, status, startedS + 1500), made], async ({ claw, call, sent }) => {
      expect(claw.clock.now()).toBe(startedS * 1000)
      const refused = await call('github_create_issue', args)
      expect(refused).toMatchObject({
        status: 429,
        body: { code: 'rate_limited', retryable: true, retryAfterMs: 1_500_000 },
      })
      expect(refused.headers.get('retry-after')).toBe('1500')

      claw.clock.move(1_499_000)
      const held = await call('github_create_issue', args)
      expect(held.body).toMatchObject({ code: 'queued', retryAfterMs: 1000 })
      expect(sent()).toHaveLength(1)

      claw.clock.move(1000)
      const ended = async () => (await claw.rest('GET', `/calls/${held.body.callId}`)).body
      await expect.poll(ended).toMatchObject({ answer: { data: { number: 8, title: args.title } } })
      expect(sent()).toHaveLength(2)
    }),
  )

  test.each([403, 429] as const)('against bursts (%i) is waited out by retry-after, not by the hour', status => {
    const limits = { resetEpochS: startedS + 3000, retryAfterS: 60 }
    return withGithub([answers.secondaryRateLimit(request, status, limits), made], async ({ claw, call, sent }) => {
      const refused = await call('github_create_issue', args)
      expect(refused).toMatchObject({
        status: 429,
        body: { code: 'rate_limited', outcome: 'failed', retryAfterMs: 60_000 },
      })
      expect(refused.body.detail).toContain('secondary rate limit')
      claw.clock.move(60_000)
      expect(succeeded(await call('github_create_issue', args))).toMatchObject({ number: 8, title: args.title })
      expect(sent()).toHaveLength(2)
    })
  })

  test.each([403, 429] as const)('against bursts (%i) that names no time is left alone for at least a minute', status =>
    withGithub(
      [answers.secondaryRateLimit(request, status, { resetEpochS: startedS + 3000 })],
      async ({ claw, call, sent }) => {
        expect((await call('github_create_issue', args)).body).toMatchObject({ code: 'rate_limited' })
        claw.clock.move(59_000)
        expect((await call('github_create_issue', args)).body).toMatchObject({ code: 'queued', retryAfterMs: 1_000 })
        expect(sent()).toHaveLength(1)
      },
    ),
  )
})

test('a path that would lead to another resource is refused before anything is sent', () =>
  withGithub([], async ({ call, sent }) => {
    const inputs = [
      ['github_get_issue', { owner: '..', repo: 'user', issue_number: 1 }, 'owner'],
      ['github_get_file', { owner, repo: 'hello-world', path: '../../../user' }, 'path'],
      ['github_get_file', { owner, repo: 'hello-world', path: '/README.md' }, 'path'],
      ['github_delete_label', { owner, repo: 'labels', name: '' }, 'name'],
    ] as const
    for (const [tool, args, field] of inputs) {
      expect(await call(tool, args)).toMatchObject({
        status: 400,
        body: { code: 'validation_error', invalidFields: [{ field }] },
      })
    }
    expect(sent()).toEqual([])
  }))

test('a recorded provider gives recorded answers only, and each of them once', async () => {
  await using github = await startRecordedProvider({ recordings: githubScenario('get-repository'), origin })
  const repository = `${github.url}/repos/${owner}/hello-world`
  for (const [path, init, status] of [
    [`${repository}?page=1`, {}, 400],
    [repository, { method: 'POST' }, 400],
    [repository, { method: 'DELETE', body: '{"a":1}' }, 400],
    [repository, {}, 200],
    [repository, {}, 400],
  ] as const) {
    const answer = await fetch(path, init)
    const text = await answer.text()
    expect(answer.status).toBe(status)
    expect(text).not.toContain(origin)
  }
  expect(github.received).toHaveLength(5)
  expect(github.unexpected).toHaveLength(4)
})
