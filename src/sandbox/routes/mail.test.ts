import { expect, test } from 'vitest'
import { startSandbox } from '../start.ts'
import { ask, mail } from '../test-client.ts'

test('following next_cursor visits every message once, newest first', async () => {
  await using sandbox = await startSandbox()
  const seen: { id: string; date: string }[] = []
  let pages = 0
  for (let path: string | undefined = '/mail/messages'; path; pages++) {
    const { json } = await ask(sandbox, path)
    seen.push(...json.messages)
    path = json.next_cursor ? `/mail/messages?cursor=${json.next_cursor}` : undefined
  }
  expect(pages).toBe(3)
  expect(seen.map(message => message.id)).toEqual(sandbox.store.messages.map(message => message.id).toReversed())
  expect(seen.map(message => message.date)).toEqual(
    seen
      .map(message => message.date)
      .toSorted()
      .toReversed(),
  )
})

test('messages that come or go while paging are neither repeated nor make others be skipped', async () => {
  await using sandbox = await startSandbox()
  const all = sandbox.store.messages.map(message => message.id)
  const first = (await ask(sandbox, '/mail/messages?limit=40')).json
  await ask(sandbox, '/mail/messages', { body: mail })
  await ask(sandbox, `/mail/messages/${first.messages.at(-1).id}`, { method: 'DELETE' })
  const second = (await ask(sandbox, `/mail/messages?limit=40&cursor=${first.next_cursor}`)).json
  const seen = [...first.messages, ...second.messages].map(message => message.id)
  expect(seen).toEqual(all.toReversed())
})

test('a page that ends with the last message says that there is no next', async () => {
  await using sandbox = await startSandbox()
  const { json } = await ask(sandbox, '/mail/messages?limit=45')
  expect([json.messages.length, json.next_cursor]).toEqual([45, null])
})

test('a limit or a cursor that makes no sense is a 422', async () => {
  await using sandbox = await startSandbox()
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'limit=', 'cursor=', 'cursor=bm8']) {
    expect((await ask(sandbox, `/mail/messages?${query}`)).status).toBe(422)
  }
})

test('q finds messages with all of its words, and folder narrows', async () => {
  await using sandbox = await startSandbox()
  await ask(sandbox, '/mail/drafts', { body: { ...mail, subject: 'The Quokka report', text: 'for Perth' } })
  await ask(sandbox, '/mail/messages', { body: { ...mail, subject: 'Quokka', text: 'elsewhere' } })
  const found = async (query: string) => (await ask(sandbox, `/mail/messages?${query}`)).json.messages.length
  expect(await found('q=quokka')).toBe(2)
  expect(await found('q=PERTH%20quokka')).toBe(1)
  expect(await found('q=quokka&folder=sent')).toBe(1)
  expect(await found('q=quokka&folder=attic')).toBe(0)
})

test('lists give snippets; a single message gives its text', async () => {
  await using sandbox = await startSandbox()
  const [summary] = (await ask(sandbox, '/mail/messages?limit=1')).json.messages
  expect(summary.text).toBeUndefined()
  expect(summary.snippet.length).toBeLessThanOrEqual(120)
  const whole = await ask(sandbox, `/mail/messages/${summary.id}`)
  expect(whole.json).toEqual(sandbox.store.messages.at(-1))
})

test('each send makes one message, even when it is the same again', async () => {
  await using sandbox = await startSandbox()
  const ids = []
  for (let i = 0; i < 2; i++) {
    const told = await ask(sandbox, '/mail/messages', { body: mail, headers: { 'idempotency-key': 'same' } })
    expect(told.status).toBe(201)
    expect(told.headers.get('location')).toBe(`${sandbox.url}/mail/messages/${told.json.id}`)
    ids.push(told.json.id)
  }
  expect(sandbox.store.messages.slice(-2).map(message => message.id)).toEqual(ids)
  expect(sandbox.store.messages.at(-1)).toMatchObject({ folder: 'sent', ...mail })
})

test('a bad message is a 422 that names each field, and sends nothing', async () => {
  await using sandbox = await startSandbox()
  const before = sandbox.store.messages.length
  const told = await ask(sandbox, '/mail/messages', { body: { to: 'zoe@gable.example', subject: ' ', body: 'x' } })
  expect(told.status).toBe(422)
  expect(told.json.error.code).toBe('validation_failed')
  expect(told.json.error.fields.map((problem: { field: string }) => problem.field)).toEqual([
    'to',
    'subject',
    'text',
    'body',
  ])
  for (const body of ['[]', 'null', '"x"', '{"__proto__":{"to":["a@b"]}}']) {
    expect((await ask(sandbox, '/mail/messages', { body })).status).toBe(422)
  }
  expect(sandbox.store.messages).toHaveLength(before)
})

test('a deleted message is gone, and folders count what is there', async () => {
  await using sandbox = await startSandbox()
  const id = sandbox.store.messages.find(message => message.folder === 'inbox')?.id
  expect((await ask(sandbox, `/mail/messages/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await ask(sandbox, `/mail/messages/${id}`, { method: 'DELETE' })).status).toBe(404)
  expect((await ask(sandbox, `/mail/messages/${id}`)).status).toBe(404)
  const { folders } = (await ask(sandbox, '/mail/folders')).json
  expect(folders.map((folder: { name: string; messages: number }) => [folder.name, folder.messages])).toEqual([
    ['inbox', 29],
    ['sent', 12],
    ['drafts', 3],
  ])
})
