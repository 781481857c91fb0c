import { expect, test } from 'vitest'
import { jsonText } from './print.ts'

test('JSON on a terminal moves no cursor and turns no line around, and says the same', () => {
  const said = {
    mail: 'a\u009b2Jb\u007f\u0085\u001b[31m',
    name: 'txt\u202ecod\u2066\u200f',
    line: 'a\u2028b',
    fine: 'Zoë 東京 👩‍🔬',
  }
  for (const text of [jsonText(said), jsonText(said, 2)]) {
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\u200f\u2028]/u)
    expect(text).toContain('Zoë 東京 👩‍🔬')
    expect(JSON.parse(text)).toEqual(said)
  }
})
