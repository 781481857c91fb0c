import { expect, test } from 'vitest'
import { isPlainText } from './plain-text.ts'

test.each(['Worker', 'Zoë', '東京の葛󠄀', 'کتاب‌خانه', 'हिन्दी', '👩‍🔬 lab', '❤️', '1️⃣ first', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'a b'])(
  '%j is plain',
  text => {
    expect(isPlainText(text, 80)).toBe(true)
  },
)

test.each([
  ['an empty text', ''],
  ['blanks', '  '],
  ['a line break', 'a\nb'],
  ['a control character', 'a\u009bb'],
  ['what turns text around', 'a\u202eb'],
  ['a space without width', 'Worker\u200b'],
  ['a joiner that joins nothing', 'Wor\u200dker'],
  ['a joiner before everything', '\u200dWorker'],
  ['a soft hyphen', 'Wor\u00adker'],
  ['a filler', 'Worker\u3164'],
  ['a selector of no variant', 'Worker\ufe0f'],
  ['a tag', 'Worker\u{e0041}'],
  ['a byte order mark', '\ufeffWorker'],
])('%s is not plain: names that differ look different', (_, text) => {
  expect(isPlainText(text, 80)).toBe(false)
})
