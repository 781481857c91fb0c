import { describe, expect, test } from 'vitest'
import { ageingMs, fitting, laneByAge, nextMessages } from './next-messages.ts'

const message = (seq: number, lane: number, created_at = 0) => ({ seq, lane, created_at })

describe('which message goes next', () => {
  test('the most urgent lane goes first, and the oldest within it', () => {
    const waiting = [message(1, 3), message(2, 2), message(3, 0), message(4, 2), message(5, 0)]
    expect(nextMessages(waiting, 0, 4).map(({ seq }) => seq)).toEqual([3, 5, 2, 4])
  })

  test('a low message goes before newer urgent ones once it has waited for long enough', () => {
    const old = message(1, 3, 0)
    const now = 3 * ageingMs
    const urgent = Array.from({ length: 100 }, (_, i) => message(2 + i, 0, now))
    expect(nextMessages([...urgent, old], now - 1, 1)[0]?.seq).toBe(2)
    expect(nextMessages([...urgent, old], now, 1)[0]?.seq).toBe(1)
  })

  test('however many urgent ones keep coming, every low one goes in the end', () => {
    const low = Array.from({ length: 20 }, (_, i) => message(i, 3, 0))
    let waiting = [...low]
    const gone: number[] = []
    let seq = 1000
    for (let now = 0; now < 10 * ageingMs; now += 1000) {
      for (let i = 0; i < 2; i++) waiting.push(message(seq++, 0, now))
      const next = nextMessages(waiting, now, 2)
      waiting = waiting.filter(each => !next.includes(each))
      gone.push(...next.map(each => each.seq))
    }
    expect(low.every(({ seq: each }) => gone.includes(each))).toBe(true)
  })

  test('a clock that runs behind the sender’s makes nothing less urgent', () => {
    expect(laneByAge(message(1, 2, 1_000_000), 0)).toBe(2)
  })
})

test.each([
  [[10, 10, 10], 30, 3],
  [[10, 10, 11], 30, 2],
  [[31, 1], 30, 1],
  [[], 30, 0],
  [[1, 2], Number.POSITIVE_INFINITY, 2],
])('of messages of %j bytes %d bytes hold %d', (sizes, bytesMax, many) => {
  const messages = sizes.map(bytes => ({ bytes }))
  expect(fitting(messages, bytesMax)).toEqual(messages.slice(0, many))
})
