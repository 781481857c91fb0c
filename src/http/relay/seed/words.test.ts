import { expect, test } from 'vitest'
import { changeOf } from './delegate.ts'
import { fileTypeOf, mediaTypeOf } from './files.ts'
import { readRequest } from './requests.ts'

test.each(['text', 'markdown', 'json', 'a word; of="no', 'application/json', 'text/html; charset=utf-8'])(
  'the file type %j is kept',
  fileType => {
    if (fileType.includes('"')) expect(readRequest('files', { file_type: fileType })).toHaveProperty('code')
    else expect(fileTypeOf(mediaTypeOf(fileType))).toBe(fileType)
  },
)

test('a text file of somebody else is of type text', () => {
  expect(fileTypeOf('text/plain')).toBe('text')
})

test('words for which the relay has no step are no step', () => {
  expect(changeOf('nearly', 'x')).toBeUndefined()
  expect(changeOf('in_progress', { half: true })).toBeUndefined()
  expect(changeOf('in_progress', 'half')).toEqual({ step: 'progress', note: 'half' })
  expect(changeOf('completed', null)).toEqual({ step: 'complete', result: null })
})

test('what is not known in a request is ignored, and a priority that is no such is normal', () => {
  const asked = { from_agent: 'a', to_agent: 'b', task: 't', priority: 'whenever', more: 1 }
  expect(readRequest('delegate', asked)).toEqual({
    from_agent: 'a',
    to_agent: 'b',
    task: 't',
    context: {},
    priority: 'normal',
  })
})
