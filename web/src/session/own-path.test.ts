import { expect, test } from 'vitest'
import { ownPath } from './own-path.ts'

const origin = 'https://claw.example'

test.each([
  ['/approvals/apr_1?x=1#y', '/approvals/apr_1?x=1#y'],
  ['https://claw.example/members', '/members'],
  [undefined, '/'],
  ['', '/'],
])('%s is ours', (asked, path) => {
  expect(ownPath(asked, origin)).toBe(path)
})

test.each([
  'https://evil.example/',
  '//evil.example/x',
  '/\\evil.example',
  '\\\\evil.example',
  'javascript:alert(1)',
  'https://claw.example//evil.example',
  'https://claw.example.evil.example/',
  'http://claw.example/',
])('%s leads nowhere but home', asked => {
  expect(ownPath(asked, origin)).toBe('/')
})
