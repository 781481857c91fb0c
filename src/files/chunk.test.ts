import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type ChunkPlace, chunkBytes, lastSeq, openChunk, piecesOf, sealChunk } from './chunk.ts'

const key = createSecretKey(randomBytes(32))
const place: ChunkPlace = { workspaceId: 'ws_1', fileId: 'file_1', seq: 3, isLast: false }
const text = Buffer.from('what it holds')

describe('a sealed chunk', () => {
  test('opens at its own place, and twice the same text is sealed to different bytes', () => {
    const sealed = sealChunk(key, place, text)
    expect(openChunk(key, place, sealed)).toEqual(text)
    expect(sealChunk(key, place, text).equals(sealed)).toBe(false)
    expect(sealed.includes(text)).toBe(false)
  })

  test('may be empty', () => {
    expect(openChunk(key, place, sealChunk(key, place, Buffer.alloc(0)))).toHaveLength(0)
  })

  test.each<[string, Partial<ChunkPlace>]>([
    ['another place in its file', { seq: 2 }],
    ['another file', { fileId: 'file_2' }],
    ['another workspace', { workspaceId: 'ws_2' }],
    ['the end of a file that was cut off behind it', { isLast: true }],
  ])('does not open at %s', (_, other) => {
    expect(() => openChunk(key, { ...place, ...other }, sealChunk(key, place, text))).toThrow()
  })

  test('does not open once any part of it was changed or is missing, nor by another key', () => {
    const sealed = sealChunk(key, place, text)
    for (let at = 0; at < sealed.length; at++) {
      const spoilt = Buffer.from(sealed)
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x01
      expect(() => openChunk(key, place, spoilt), `byte ${at}`).toThrow()
      expect(() => openChunk(key, place, sealed.subarray(0, at)), `cut at ${at}`).toThrow()
    }
    expect(() => openChunk(createSecretKey(randomBytes(32)), place, sealed)).toThrow()
  })
})

describe('the chunks of a range', () => {
  const all = { from: 0, to: Number.MAX_SAFE_INTEGER }
  const sizes = [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes, 3 * chunkBytes + 7]

  test.each(sizes)('are as many as a file of %i bytes has, and hold all of it', bytes => {
    const pieces = [...piecesOf(bytes, all)]
    expect(pieces.reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBe(bytes)
    expect(pieces.at(-1)).toMatchObject({ seq: lastSeq(bytes), isLast: true })
    expect(pieces.filter(({ isLast }) => isLast)).toHaveLength(1)
  })

  test('are only those that it touches', () => {
    const bytes = 3 * chunkBytes + 7
    const seqs = (from: number, to: number) => [...piecesOf(bytes, { from, to })].map(({ seq }) => seq)
    expect(seqs(0, 0)).toEqual([0])
    expect(seqs(chunkBytes - 1, chunkBytes)).toEqual([0, 1])
    expect(seqs(chunkBytes, 2 * chunkBytes - 1)).toEqual([1])
    expect(seqs(bytes - 1, bytes + 100)).toEqual([3])
    expect(seqs(bytes, bytes + 100)).toEqual([])
  })
})
