import { expect, test } from 'vitest'
import { isLoopback } from './is-loopback.ts'

test.each(['localhost', '127.0.0.1', '127.8.9.10', '::1', '[::1]'])('%s is this machine alone', host => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['0.0.0.0', '::', '128.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', ''])(
  '%s is not, or not alone',
  host => {
    expect(isLoopback(host)).toBe(false)
  },
)
