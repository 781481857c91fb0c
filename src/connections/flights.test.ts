import { expect, test } from 'vitest'
import { createFlights } from './flights.ts'

test('work under one key is done once for all who want it at the same time, and anew for who comes later', async () => {
  const flights = createFlights<number>(() => {})
  const work = Promise.withResolvers<number>()
  let begun = 0
  const begin = () => {
    begun++
    return work.promise
  }
  const all = [flights.join('a', begin), flights.join('a', begin), flights.join('b', begin)]
  work.resolve(7)
  expect(await Promise.all(all)).toEqual([7, 7, 7])
  expect(begun).toBe(2)
  await flights.join('a', begin)
  expect(begun).toBe(3)
})

test('a failure reaches all who wait, and what nobody waits for is told of', async () => {
  const lost: unknown[] = []
  const flights = createFlights<number>(cause => lost.push(cause))
  const fails = () => Promise.reject(new Error('failed'))
  await expect(Promise.all([flights.join('a', fails), flights.join('a', fails)])).rejects.toThrow('failed')
  flights.follow(fails())
  await flights.land(1000)
  expect(lost).toHaveLength(1)
})

test('landing waits for what is on its way, and not for ever', async () => {
  const flights = createFlights<number>(() => {})
  const work = Promise.withResolvers<number>()
  let landed = false
  const flight = flights.join('a', () => work.promise)
  flights.follow(flight)
  const landing = flights.land(10_000).then(() => {
    landed = true
  })
  await new Promise(setImmediate)
  expect(landed).toBe(false)
  work.resolve(1)
  await landing
  flights.follow(new Promise(() => {}))
  await flights.land(1)
})
