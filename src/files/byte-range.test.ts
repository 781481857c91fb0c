import { expect, test } from 'vitest'
import { byteRange } from './byte-range.ts'

test.each([
  ['bytes=0-0', { from: 0, to: 0 }],
  ['bytes=0-', { from: 0, to: 9 }],
  ['bytes=3-5', { from: 3, to: 5 }],
  ['bytes=3-500', { from: 3, to: 9 }],
  ['bytes=9-9', { from: 9, to: 9 }],
  ['bytes=-3', { from: 7, to: 9 }],
  ['bytes=-300', { from: 0, to: 9 }],
  [' Bytes = 1 - 2 ', { from: 1, to: 2 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=10-20', 'unsatisfiable'],
  ['bytes=99999999999999999999-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-3', 'none'],
  ['bytes=-', 'none'],
  ['bytes=', 'none'],
  ['bytes=a-b', 'none'],
  ['bytes=0-1,3-4', 'none'],
  ['bytes=0x1-2', 'none'],
  ['bytes=--1', 'none'],
  ['items=0-1', 'none'],
  ['', 'none'],
  [undefined, 'none'],
])('%j of ten bytes is %j', (header, asked) => {
  expect(byteRange(header, 10)).toEqual(asked)
})

test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('nothing of an empty file can be had by %s', header => {
  expect(byteRange(header, 0)).toBe('unsatisfiable')
})
