import { describe, expect, it } from 'vitest'
import { AnswerReader } from './answer-reader.ts'

const withLength = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello\r\n\r\nyo',
)
const withChunks = Buffer.from(
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;name=x\r\n\r\n\r\nyo\r\n0\r\n\r\n',
)

function readInTwo(bytes: Buffer, at: number) {
  const reader = new AnswerReader()
  const first = reader.read(Buffer.from(bytes.subarray(0, at)))
  const answer = first ?? reader.read(Buffer.from(bytes.subarray(at)))
  return answer && { status: answer.status, text: answer.body.toString() }
}

describe('the answer reader', () => {
  it('reads an answer with a length, wherever it is cut in two', () => {
    for (let at = 1; at <= withLength.length; at++) {
      expect(readInTwo(withLength, at)).toEqual({ status: 200, text: 'hello\r\n\r\nyo' })
    }
  })

  it('reads a chunked answer, wherever it is cut in two', () => {
    for (let at = 1; at <= withChunks.length; at++) {
      expect(readInTwo(withChunks, at)).toEqual({ status: 201, text: 'hello\r\n\r\nyo' })
    }
  })

  it('reads an answer that comes byte by byte, and the next one after it', () => {
    const reader = new AnswerReader()
    for (const whole of [withLength, withChunks, withLength]) {
      const answers = [...whole].flatMap(byte => reader.read(Buffer.from([byte])) ?? [])
      expect(answers.map(({ body }) => body.toString())).toEqual(['hello\r\n\r\nyo'])
    }
  })

  it('keeps the first part of an answer when its buffer is used again', () => {
    const reader = new AnswerReader()
    const buffer = Buffer.from(withLength.subarray(0, 70))
    expect(reader.read(buffer)).toBeUndefined()
    buffer.fill(0)
    expect(reader.read(Buffer.from(withLength.subarray(70)))?.body.toString()).toBe('hello\r\n\r\nyo')
  })

  it('refuses bytes that nobody asked for, and answers of unknown length', () => {
    expect(() => new AnswerReader().read(Buffer.concat([withLength, Buffer.from('x')]))).toThrow('1 bytes follow')
    expect(() => new AnswerReader().read(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('neither a length nor chunks')
    expect(() => new AnswerReader().read(Buffer.from('SSH-2.0-x\r\n\r\n'))).toThrow('not an HTTP/1.1 answer')
  })
})
