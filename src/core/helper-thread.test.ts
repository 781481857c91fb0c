import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { startHelperThread } from './helper-thread.ts'

const folder = mkdtempSync(join(tmpdir(), 'clawlink-helper-'))
afterAll(() => rmSync(folder, { recursive: true }))

const module = new URL('./helper-thread.ts', import.meta.url).href

/** A helper that runs this text: the members of what `serve` gives. */
function start(members: string) {
  const file = join(folder, `${crypto.randomUUID()}.ts`)
  writeFileSync(
    file,
    `import { serveHelperThread } from '${module}'
    import { workerData } from 'node:worker_threads'
    serveHelperThread(tell => ({ ${members} }))`,
  )
  const told: unknown[] = []
  const ended: { cause: unknown; isMeant: boolean }[] = []
  const thread = startHelperThread<unknown, unknown>(pathToFileURL(file), {
    name: 'helper',
    data: { greeting: 'hello' },
    told: each => told.push(each),
    ended: (cause, isMeant) => ended.push({ cause, isMeant }),
  })
  return { thread, told, ended }
}

test('tells what it was asked for, in order, and does what was asked before it ends', async () => {
  const { thread, told, ended } = start('asked: name => tell([workerData.greeting, name]), close: () => tell("bye")')
  expect(thread.isReady()).toBe(false)
  await expect.poll(thread.isReady).toBe(true)
  thread.ask('ann')
  thread.ask('bob')
  await thread.close()
  expect(told).toEqual([['hello', 'ann'], ['hello', 'bob'], 'bye'])
  expect(thread.isReady()).toBe(false)
  expect(ended).toMatchObject([{ isMeant: true }])
})

test('what is moved comes whole, and is no longer there', async () => {
  const { thread, told } = start(
    'asked: () => { const bytes = new Uint8Array([1, 2, 3]); tell({ bytes }, [bytes.buffer]); tell(bytes.length) }, close() {}',
  )
  await expect.poll(thread.isReady).toBe(true)
  thread.ask('bytes')
  await thread.close()
  expect(told).toEqual([{ bytes: new Uint8Array([1, 2, 3]) }, 0])
})

test('one that fails is not ready any more, and says so once it has ended', async () => {
  const { thread, ended } = start('asked() { throw new Error("broken") }, close() {}')
  await expect.poll(thread.isReady).toBe(true)
  thread.ask('anything')
  await expect.poll(() => ended.length).toBe(1)
  expect(thread.isReady()).toBe(false)
  thread.ask('more')
  await thread.close()
  expect(ended).toMatchObject([{ cause: { message: 'broken' }, isMeant: false }])
})

test('one that hangs can be killed, and has ended then', async () => {
  const { thread, told, ended } = start('asked() { tell("here"); for (;;); }, close() {}')
  await expect.poll(thread.isReady).toBe(true)
  thread.ask('anything')
  await expect.poll(() => told.length).toBe(1)
  thread.kill(new Error('it hangs'))
  expect(thread.isReady()).toBe(false)
  await thread.close()
  expect(ended).toMatchObject([{ cause: { message: 'it hangs' }, isMeant: false }])
})

test('one that cannot start is never ready, and closing it ends at once', async () => {
  const { thread, ended } = start('}) => nonsense')
  await thread.close()
  expect(thread.isReady()).toBe(false)
  expect(ended).toHaveLength(1)
})
