import { expect, test } from 'vitest'
import { Fault } from './errors.ts'
import { createPlaces, type Place, type Places } from './places.ts'

function fill(places: Places, who: string): Place[] {
  return Array.from({ length: 100 }, () => taken(places.take(who)))
}

function taken(place: Place | Fault): Place {
  if (place instanceof Fault) throw new Error(place.message)
  return place
}

test('each may have a hundred places, whatever others have', () => {
  const places = createPlaces()
  fill(places, 'ann')
  expect(places.take('ann')).toMatchObject({ code: 'rate_limited', fix: expect.stringContaining('without waiting') })
  taken(places.take('bob'))
})

test('a place that is left is free for one other, also when it is left twice', () => {
  const places = createPlaces()
  const [first] = fill(places, 'ann')
  first?.leave()
  first?.leave()
  taken(places.take('ann'))
  expect(places.take('ann')).toBeInstanceOf(Fault)
})

test('a place is left when what it is for is aborted, also when it was before', () => {
  const places = createPlaces()
  fill(places, 'ann').at(0)?.leave()
  for (let i = 0; i < 3; i++) {
    const over = new AbortController()
    taken(places.take('ann', over.signal))
    expect(places.take('ann')).toBeInstanceOf(Fault)
    over.abort()
  }
  taken(places.take('ann', AbortSignal.abort()))
  taken(places.take('ann'))
})

test('who has left all of them begins anew', () => {
  const places = createPlaces()
  for (const place of fill(places, 'ann')) place.leave()
  fill(places, 'ann')
  expect(places.take('ann')).toBeInstanceOf(Fault)
})
