import { expect, test } from 'vitest'
import { movableClock } from '../../test/kit/movable-clock.ts'
import { deadlines } from './deadlines.ts'

function setUp() {
  const clock = movableClock(0)
  const fired: string[] = []
  const due = deadlines(clock)
  return { clock, fired, due, at: (ms: number, name: string) => due.at(ms, () => fired.push(`${name} ${clock.now()}`)) }
}

test('each deadline fires once, at its time, whatever the order in which they were set', () => {
  const { clock, fired, at } = setUp()
  at(300, 'c')
  at(100, 'a')
  at(200, 'b')
  clock.move(99)
  expect(fired).toEqual([])
  clock.move(1000)
  expect(fired).toEqual(['a 100', 'b 200', 'c 300'])
})

test('a deadline that was called off does not fire, and the ones behind it do', () => {
  const { clock, fired, at } = setUp()
  const callOff = at(100, 'a')
  at(200, 'b')
  callOff()
  clock.move(1000)
  expect(fired).toEqual(['b 200'])
})

test('a deadline that is set while another fires is kept', () => {
  const { clock, fired, due } = setUp()
  due.at(100, () => due.at(150, () => fired.push(`later ${clock.now()}`)))
  clock.move(1000)
  expect(fired).toEqual(['later 150'])
})

test('after closing nothing fires', () => {
  const { clock, fired, due, at } = setUp()
  at(100, 'a')
  due.close()
  clock.move(1000)
  expect(fired).toEqual([])
})
