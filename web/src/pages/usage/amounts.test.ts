import { expect, test } from 'vitest'
import { durationText, shareText, sizeText } from './amounts.ts'

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1000, '1 s'],
  [1236, '1.24 s'],
  [30_000, '30 s'],
  [60_000, '1 min'],
  [125_400, '2 min 5 s'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1234, '1.23 kB'],
  [3_400_000, '3.4 MB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

test.each([
  [0, 0, '–'],
  [0, 5, '0 %'],
  [5, 5, '100 %'],
  [9999, 10_000, '99.9 %'],
  [1, 10_000, '0.1 %'],
  [995, 1000, '99.5 %'],
  [2, 3, '67 %'],
])('%d of %d are %s', (part, whole, text) => {
  expect(shareText(part, whole)).toBe(text)
})
