import { expect, test } from 'vitest'
import { startSandbox } from '../start.ts'
import { ask } from '../test-client.ts'

const links = (header: string | null) =>
  Object.fromEntries([...(header ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url, rel]) => [rel, url]))

test('following the Link header forth and back visits every issue once', async () => {
  await using sandbox = await startSandbox()
  const seen: number[] = []
  let url: string | undefined = '/projects/website/issues?per_page=10'
  let last = ''
  while (url) {
    const { json, headers }: Awaited<ReturnType<typeof ask>> = await ask(sandbox, url)
    seen.push(...json.map((issue: { number: number }) => issue.number))
    last = url
    url = links(headers.get('link')).next
  }
  expect(seen).toEqual(Array.from({ length: 37 }, (_, at) => 37 - at))
  const back = links((await ask(sandbox, last)).headers.get('link'))
  expect(back).toEqual({
    prev: `${sandbox.url}/projects/website/issues?per_page=10&page=3`,
    first: `${sandbox.url}/projects/website/issues?per_page=10&page=1`,
    last: `${sandbox.url}/projects/website/issues?per_page=10&page=4`,
  })
})

test('links keep the filters, and a page past the end is empty', async () => {
  await using sandbox = await startSandbox()
  const told = await ask(sandbox, '/projects/website/issues?state=open&label=bug&per_page=2&page=1')
  expect(links(told.headers.get('link')).next).toContain('?state=open&label=bug&per_page=2&page=2')
  for (const issue of told.json) expect(issue).toMatchObject({ state: 'open', labels: expect.arrayContaining(['bug']) })
  expect((await ask(sandbox, '/projects/website/issues?page=99')).json).toEqual([])
})

test('a state, a page or a size that makes no sense is a 422, and an unknown project a 404', async () => {
  await using sandbox = await startSandbox()
  for (const query of ['state=done', 'page=0', 'page=-1', 'per_page=1000']) {
    expect((await ask(sandbox, `/projects/website/issues?${query}`)).status).toBe(422)
  }
  expect((await ask(sandbox, '/projects/attic/issues')).status).toBe(404)
  expect((await ask(sandbox, '/projects/website/issues/01')).status).toBe(404)
})

test('a new issue gets the next number of its project and a Location', async () => {
  await using sandbox = await startSandbox()
  const told = await ask(sandbox, '/projects/warehouse/issues', {
    body: { title: 'Shelf 4 is wet', labels: ['urgent'] },
  })
  expect(told.status).toBe(201)
  expect(told.json).toMatchObject({ number: 8, state: 'open', labels: ['urgent'], assignee: null })
  expect(told.headers.get('location')).toBe(`${sandbox.url}/projects/warehouse/issues/8`)
  expect((await ask(sandbox, '/projects/warehouse/issues/8')).json).toEqual(told.json)
})

test('a change touches the named fields only; a wrong one changes nothing', async () => {
  await using sandbox = await startSandbox()
  const path = '/projects/website/issues/3'
  const before = (await ask(sandbox, path)).json
  const bad = await ask(sandbox, path, { method: 'PATCH', body: { title: 'New', state: 'done' } })
  expect(bad.status).toBe(422)
  expect((await ask(sandbox, path)).json).toEqual(before)

  const closed = await ask(sandbox, path, { method: 'PATCH', body: { state: 'closed', assignee: null } })
  expect(closed.json).toMatchObject({ title: before.title, state: 'closed', assignee: null })
  expect(closed.json.closed_at).not.toBeNull()
  const open = await ask(sandbox, path, { method: 'PATCH', body: { state: 'open' } })
  expect(open.json).toMatchObject({ state: 'open', closed_at: null })
})

test('comments are added to their issue, listed oldest first and counted', async () => {
  await using sandbox = await startSandbox()
  const path = '/projects/website/issues/5'
  const before = (await ask(sandbox, path)).json.comments
  for (const body of ['one', 'two']) await ask(sandbox, `${path}/comments`, { body: { body } })
  const { json } = await ask(sandbox, `${path}/comments`)
  expect(json.slice(-2).map((comment: { body: string }) => comment.body)).toEqual(['one', 'two'])
  expect((await ask(sandbox, path)).json.comments).toBe(before + 2)
  expect((await ask(sandbox, `${path}/comments`, { body: { body: '' } })).status).toBe(422)
})

test('projects say how many issues are open', async () => {
  await using sandbox = await startSandbox()
  const { projects } = (await ask(sandbox, '/projects')).json
  for (const { key, open_issues } of projects) {
    expect((await ask(sandbox, `/projects/${key}/issues?state=open&per_page=100`)).json).toHaveLength(open_issues)
  }
})
