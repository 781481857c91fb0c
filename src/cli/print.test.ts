import { expect, test } from 'vitest'
import { columnsOf, jsonText } from './print.ts'

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

test.each([
  ['', 0],
  ['my laptop', 9],
  ['Zoë', 3],
  ['Zoe\u0308', 3],
  ['Ноутбук', 7],
  ['小明的笔记本', 12],
  ['サーバー１', 10],
  ['노트북', 6],
  ['bot 🤖', 6],
])('a table gives %j as many columns as a terminal does: %d', (text, columns) => {
  expect(columnsOf(text)).toBe(columns)
})
