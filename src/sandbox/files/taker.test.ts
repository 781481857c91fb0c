import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { samplePieces } from './sample.ts'
import { contentTaker, formTaker } from './taker.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test.each([1, 2, 7, 64, 100_000])('a form is read the same in pieces of %i bytes', async size => {
  const form = new FormData()
  const content = Buffer.from(`--x\r\n\r\n--x--\r\nfile ${'\r\n-'.repeat(50)}`)
  form.append('note', 'two\r\nlines "ü"')
  form.append('file', new Blob([content], { type: 'text/plain' }), 'ä "q".txt')
  form.append('empty', '')
  const response = new Response(form)
  const boundary = /boundary=(.*)$/.exec(response.headers.get('content-type') ?? '')?.[1] ?? ''
  const body = Buffer.from(await response.arrayBuffer())
  const taker = formTaker(boundary)
  for (let at = 0; at < body.length; at += size) taker.push(body.subarray(at, at + size))
  expect(taker.end()).toEqual({
    file: { bytes: content.length, sha256: sha256(content), content },
    fields: { note: 'two\r\nlines "ü"', empty: '' },
    name: 'ä "q".txt',
  })
})

test('large content is counted and hashed, and not kept', () => {
  const taker = contentTaker()
  for (const piece of samplePieces(5 * 1024 * 1024 + 1)) taker.push(piece)
  const whole = Buffer.concat([...samplePieces(5 * 1024 * 1024 + 1)])
  expect(taker.end()).toEqual({ file: { bytes: whole.length, sha256: sha256(whole) }, fields: {} })
})
