import { expect, test } from 'vitest'
import { movableClock } from '../../test/kit/movable-clock.ts'
import { deadlines, nowhere } from './deadlines.ts'

function setUp() {
  const clock = movableClock(0)
  const fired: string[] = []
  type Item = { endsAtMs: number; place: number; name: string; then?: Item }
  const due = deadlines<Item>(clock, ({ name, then }) => {
    fired.push(`${name} ${clock.now()}`)
    if (then) due.add(then)
  })
  const itemOf = (endsAtMs: number, name: string, then?: Item): Item => ({
    endsAtMs,
    place: nowhere,
    name,
    ...(then && { then }),
  })
  const at = (endsAtMs: number, name: string, then?: Item) => {
    const item = itemOf(endsAtMs, name, then)
    due.add(item)
    return () => due.remove(item)
  }
  return { clock, fired, due, at, itemOf }
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

test('of many, those that are called off in any order do not fire, nor twice called off ones, and all others do', () => {
  const { clock, fired, at } = setUp()
  const callOff = Array.from({ length: 20 }, (_, each) => at(100 + each, `${each}`))
  for (const each of [19, 0, 7, 0, 18, 3]) callOff[each]?.()
  clock.move(1000)
  const left = Array.from({ length: 20 }, (_, each) => each).filter(each => ![19, 0, 7, 18, 3].includes(each))
  expect(fired).toEqual(left.map(each => `${each} ${100 + each}`))
})

test('a deadline that is set while another fires is kept', () => {
  const { clock, fired, at, itemOf } = setUp()
  at(100, 'first', itemOf(150, 'later'))
  clock.move(1000)
  expect(fired).toEqual(['first 100', 'later 150'])
})

test('after closing nothing fires', () => {
  const { clock, fired, due, at } = setUp()
  at(100, 'a')
  due.close()
  clock.move(1000)
  expect(fired).toEqual([])
})
