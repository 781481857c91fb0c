import { expect, test } from 'vitest'
import { headerJson, wrapMultipart } from './upload.ts'

const file = { id: 'file_1', name: 'a.txt', mediaType: 'text/plain', bytes: 3, sha256: 'ab' }
const form = { kind: 'multipart', file: 'file' } as const

/** What a standard reader makes of it (WHATWG Fetch). */
async function read(upload: Parameters<typeof wrapMultipart>[0], name: string, inputs: [string, unknown][]) {
  const { contentType, body } = wrapMultipart(upload, { ...file, name }, inputs, 'boundary-1')
  const response = new Response(`${body.before}abc${body.after}`, { headers: { 'content-type': contentType } })
  const parts = [...(await response.formData())]
  return Promise.all(
    parts.map(async ([key, value]) =>
      typeof value === 'string' ? [key, value] : [key, value.name, value.type, await value.text()],
    ),
  )
}

test('the other inputs are fields, and the file a part with its name and type', async () => {
  const inputs: [string, unknown][] = [
    ['purpose', 'batch "ü"\r\nx'],
    ['count', 3],
    ['tags', ['a', { b: 1 }]],
  ]
  expect(await read(form, 'a.txt', inputs)).toEqual([
    ['purpose', 'batch "ü"\r\nx'],
    ['count', '3'],
    ['tags', '["a",{"b":1}]'],
    ['file', 'a.txt', 'text/plain', 'abc'],
  ])
})

test('the file has the name of the part that the provider wants, and the inputs are one field where it wants that', async () => {
  const upload = { ...form, part: 'files[0]', json: 'payload_json' }
  expect(
    await read(upload, 'a.txt', [
      ['content', 'ü'],
      ['n', 1],
    ]),
  ).toEqual([
    ['payload_json', '{"content":"ü","n":1}'],
    ['files[0]', 'a.txt', 'text/plain', 'abc'],
  ])
})

test.each([
  ['"; filename="b', 'a%22; filename=%22b'],
  ['\r\ncontent-type: text/html\r\n\r\n', 'a%0D%0Acontent-type: text/html%0D%0A%0D%0A'],
  ['Ünïcode 文.pdf', 'aÜnïcode 文.pdf'],
  ['\ud800', 'a\ufffd'],
])('a name breaks out of nothing: %j', (name, written) => {
  const { body } = wrapMultipart(form, { ...file, name: `a${name}` }, [[`a${name}`, 1]], 'b')
  const lines = body.before.split('\r\n').filter(line => line.startsWith('content-disposition'))
  expect(lines).toEqual([
    `content-disposition: form-data; name="${written}"`,
    `content-disposition: form-data; name="file"; filename="${written}"`,
  ])
  expect(body.before.split('\r\n')).toHaveLength(9)
})

test('a header carries the inputs as JSON in ASCII', () => {
  const text = headerJson([
    ['path', '/Ünï\u007f文😀.pdf'],
    ['mode', undefined],
  ])
  expect(text).toMatch(/^[\x20-\x7e]+$/)
  expect(JSON.parse(text)).toEqual({ path: '/Ünï\u007f文😀.pdf' })
})
