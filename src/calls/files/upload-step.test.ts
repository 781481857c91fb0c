import { describe, expect, test } from 'vitest'
import { lost, type WireAnswer } from '../../net/wire.ts'
import { contentRange, type Resumable, sessionUrl, stepOf } from './upload-step.ts'

const answer = (status: number, headers: Record<string, string> = {}, body: unknown = ''): WireAnswer => ({
  kind: 'answered',
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})

describe('how far an upload is', () => {
  test.each([
    [answer(308, { range: 'bytes=0-41' }), { kind: 'at', byte: 42 }],
    [answer(308), { kind: 'at', byte: 0 }],
    [answer(308, { range: 'bytes=5-41' }), { kind: 'at', byte: 0 }],
    [answer(308, { range: 'bytes=0-100' }), { kind: 'refused' }],
    [answer(308, { range: 'bytes=0-99' }), { kind: 'at', byte: 100 }],
    [answer(200, {}, { id: 1 }), { kind: 'done' }],
    [answer(201), { kind: 'done' }],
    [answer(404), { kind: 'gone' }],
    [answer(410), { kind: 'gone' }],
    [answer(416), { kind: 'again' }],
    [answer(429), { kind: 'again' }],
    [answer(503), { kind: 'again' }],
    [answer(400), { kind: 'refused' }],
    [answer(401), { kind: 'refused' }],
    [answer(302, { location: 'https://elsewhere.example' }), { kind: 'refused' }],
    [lost('maybe_sent', 'closed', ''), { kind: 'again' }],
    [lost('not_sent', 'refused', ''), { kind: 'again' }],
    [lost('not_sent', 'blocked_address', ''), { kind: 'refused' }],
  ])('by its Range: %o', (result, step) => {
    expect(stepOf('range', result, 100)).toEqual(step)
  })

  test.each([
    [answer(202, {}, { nextExpectedRanges: ['42-'] }), { kind: 'at', byte: 42 }],
    [answer(200, {}, { nextExpectedRanges: ['42-99'] }), { kind: 'at', byte: 42 }],
    [answer(200, {}, { nextExpectedRanges: ['42'] }), { kind: 'at', byte: 42 }],
    [answer(202, {}, { nextExpectedRanges: ['101-'] }), { kind: 'refused' }],
    [answer(200, {}, { nextExpectedRanges: ['x'], id: 1 }), { kind: 'done' }],
    [answer(201, {}, { id: 1 }), { kind: 'done' }],
    [answer(308), { kind: 'refused' }],
    [answer(404, {}, { nextExpectedRanges: ['42-'] }), { kind: 'gone' }],
  ])('by the ranges it expects: %o', (result, step) => {
    expect(stepOf('expected_ranges', result, 100)).toEqual(step)
  })
})

describe('where the content goes', () => {
  const inHeader = { session: { header: 'location' } } as Resumable
  const inBody = { session: { body: 'uploadUrl' } } as Resumable
  const start = 'https://api.example/v1/files'
  test.each([
    [inHeader, answer(200, { location: 'https://api.example/s/1' }), 'https://api.example/s/1'],
    [inHeader, answer(200, { location: '/s/1' }), 'https://api.example/s/1'],
    [inBody, answer(200, {}, { uploadUrl: 'https://storage.example/s/1?a=b' }), 'https://storage.example/s/1?a=b'],
    [inBody, answer(200, {}, { uploadUrl: 'http://storage.example/' }), undefined],
    [inBody, answer(200, {}, { uploadUrl: 'file:///etc/passwd' }), undefined],
    [inBody, answer(200, {}, {}), undefined],
    [inBody, answer(200, {}, 'no JSON'), undefined],
    [inHeader, answer(200), undefined],
  ])('is a web address no less secure than where it began: %#', (upload, started, url) => {
    expect(sessionUrl(upload, started, start)).toBe(url)
  })
})

test.each([
  [0, 42, 100, 'bytes 0-41/100'],
  [42, 100, 100, 'bytes 42-99/100'],
  [0, 0, 0, 'bytes */0'],
  [0, 0, 100, 'bytes */100'],
])('a part of it is named by its first and last byte: %i, %i, %i', (from, to, total, text) => {
  expect(contentRange(from, to, total)).toBe(text)
})
