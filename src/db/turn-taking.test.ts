import { expect, test } from 'vitest'
import { turnTaking } from './turn-taking.ts'

test('work that is synchronous is done at once while nobody else is at work', () => {
  const turns = turnTaking()
  expect(turns.run(() => 1)).toBe(1)
  expect(turns.busy()).toBe(false)
})

test('one at a time is at work, in order of asking', async () => {
  const turns = turnTaking()
  const said: string[] = []
  const work = (name: string) => async () => {
    said.push(`${name} begins`)
    await new Promise(setImmediate)
    said.push(`${name} ends`)
  }
  const ends = [turns.run(work('a')), turns.run(work('b')), turns.run(() => said.push('c'))]
  expect(turns.busy()).toBe(true)
  await Promise.all(ends)
  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c'])
})

test('work that fails gives its turn on, and its error to whoever asked for it', async () => {
  const turns = turnTaking()
  const failing = turns.run(() => Promise.reject(new Error('no')))
  const next = turns.run(() => 'yes')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('yes')
  expect(() =>
    turns.run(() => {
      throw new Error('at once')
    }),
  ).toThrow('at once')
  await expect.poll(() => turns.busy()).toBe(false)
})

test('those who share are at work at once, beside each other, and whoever wants to be alone waits for them all', async () => {
  const turns = turnTaking()
  const said: string[] = []
  const gates = new Map<string, () => void>()
  const work = (name: string) => async () => {
    said.push(`${name} begins`)
    await new Promise<void>(open => gates.set(name, open))
    said.push(`${name} ends`)
  }
  const first = turns.share(work('a'))
  const second = turns.share(work('b'))
  expect([said, turns.isShared()]).toEqual([['a begins', 'b begins'], true])
  const alone = turns.run(work('alone'))
  const later = [turns.share(work('c')), turns.share(work('d'))]
  expect(turns.isShared()).toBe(false)
  gates.get('b')?.()
  await second
  expect(said).toEqual(['a begins', 'b begins', 'b ends'])
  gates.get('a')?.()
  await first
  await expect.poll(() => said.at(-1)).toBe('alone begins')
  gates.get('alone')?.()
  await alone
  for (const name of ['c', 'd']) {
    await expect.poll(() => said.at(-1)).toBe(`${name} begins`)
    gates.get(name)?.()
  }
  await Promise.all(later)
  expect(turns.busy()).toBe(false)
})

test('who shares and fails tells only whoever asked, and the others go on', async () => {
  const turns = turnTaking()
  const failing = turns.share(() => Promise.reject(new Error('no')))
  const beside = turns.share(async () => 'yes')
  await expect(failing).rejects.toThrow('no')
  expect(await beside).toBe('yes')
  await expect.poll(() => turns.busy()).toBe(false)
})
