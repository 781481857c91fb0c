import { describe, expect, test } from 'vitest'
import { badTopic, tagSet, wantsTags } from './topic.ts'

describe('a subscription', () => {
  test('without tags wants every broadcast of its topic', () => {
    expect(wantsTags([], [])).toBe(true)
    expect(wantsTags([], ['urgent'])).toBe(true)
  })

  test('with tags wants those that have one of them', () => {
    expect(wantsTags(['css', 'html'], ['html', 'new'])).toBe(true)
    expect(wantsTags(['css'], ['html'])).toBe(false)
    expect(wantsTags(['css'], [])).toBe(false)
  })
})

describe('a topic', () => {
  test('is a short text that shows as it is, and so are its tags', () => {
    expect(badTopic({ topic: 'findings / web', tags: ['ünïcode', 'two words'] })).toBeUndefined()
    for (const topic of ['', ' ', 'x'.repeat(101), 'two\nlines', 'turned\u202earound'])
      expect(badTopic({ topic, tags: [] })?.details.invalidFields).toMatchObject([{ field: 'topic' }])
    expect(badTopic({ topic: 'ok', tags: [''] })?.details.invalidFields).toMatchObject([{ field: 'tags' }])
    expect(badTopic({ topic: 'ok', tags: Array(51).fill('x') })?.code).toBe('validation_error')
  })

  test('has each tag once, whatever the order they were named in', () => {
    expect(tagSet(['b', 'a', 'b'])).toEqual(tagSet(['a', 'b']))
  })
})
