import { describe, expect, test } from 'vitest'
import { parseAnswer } from './parse-answer.ts'

const parse = (body: string | Buffer, contentType?: string) =>
  parseAnswer({
    kind: 'answered',
    status: 200,
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    body: Buffer.from(body),
  })

describe('a body', () => {
  test.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/json; charset=utf-8', '{"a":"ü"}', { a: 'ü' }],
    ['Application/JSON', '[]', []],
    ['application/vnd.github+json', '7', 7],
    ['application/problem+json', 'null', null],
    ['application/hal.v1+json;profile=x', '"a"', 'a'],
    ['text/json', '{}', {}],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['text/csv', 'a,b\r\n', 'a,b\r\n'],
    [undefined, '{"a":1}', { a: 1 }],
    [undefined, 'hello', 'hello'],
    ['application/json', '', null],
    ['text/html', '', null],
    [undefined, '', null],
  ])('of type %s that reads %j is a value', (contentType, body, value) => {
    expect(parse(body, contentType)).toMatchObject({ value })
  })

  test.each([
    ['application/json', '{"a":', 'the answer is not valid JSON.'],
    ['application/json', 'hello', 'the answer is not valid JSON.'],
    ['application/json', '\ufeff{}', 'the answer is not valid JSON.'],
    ['text/html', '<h1>Hi</h1>', 'a web page came where an answer of the API was expected.'],
    ['text/html; charset=utf-8', '{"a":1}', 'a web page came where an answer of the API was expected.'],
    ['application/xml', '<a/>', 'the answer is of type application/xml, not JSON.'],
    ['image/png', '\u0089PNG', 'the answer is of type image/png, not JSON.'],
    ['application/jsonp', '{}', 'the answer is of type application/jsonp, not JSON.'],
    [`application/${'x'.repeat(200)}`, '{}', `the answer is of type application/${'x'.repeat(48)}, not JSON.`],
  ])('of type %s that reads %j is none, and it says why', (contentType, body, problem) => {
    expect(parse(body, contentType)).toEqual({ problem })
  })

  test.each([
    ['{"id":12345678901234567890,"at":1.0,"a":"ü","a":[]}', true],
    ['{"a": 1}', false],
    ['{\n"a":1}', false],
    ['{"a":"\\u00fc"}', false],
  ])('that reads %s is given as it came: %s', (body, asItCame) => {
    expect(parse(body, 'application/json')).toEqual({ value: JSON.parse(body), ...(asItCame && { json: body }) })
  })

  test('that is a plain text has no JSON of its own', () => {
    expect(parse('7', 'text/plain')).toEqual({ value: '7' })
  })

  test('that is not UTF-8 is read with the sign for what cannot be read', () => {
    expect(parse(Buffer.from('{"name":"Zoë"}', 'latin1'), 'application/json')).toMatchObject({
      value: { name: 'Zo\ufffd' },
    })
  })
})
