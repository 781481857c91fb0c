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
