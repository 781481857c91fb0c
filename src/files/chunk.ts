/** How the content of a file is cut and sealed: pure. */
import type { KeyObject } from 'node:crypto'
import { decrypt, encrypt, partsOf } from '../core/aes-gcm.ts'

/** Plaintext in one chunk; all of a file have as much, except the last. */
export const chunkBytes = 256 * 1024

/**
 * Which piece of which file it is. Part of the seal (additional data), so a chunk that was moved within its file, taken from
 * another one, or made the last one by cutting the rest off does not open (the STREAM construction, Hoang et al. 2015).
 */
export type ChunkPlace = { workspaceId: string; fileId: string; seq: number; isLast: boolean }

/** Sealed under the file's own key. */
export function sealChunk(key: KeyObject, place: ChunkPlace, plaintext: Uint8Array): Buffer {
  return encrypt(key, additional(place), plaintext)
}

/** The plaintext. Throws when it is not the very chunk of this place. */
export function openChunk(key: KeyObject, place: ChunkPlace, sealed: Uint8Array): Buffer {
  return decrypt(key, additional(place), partsOf(sealed))
}

/** The number of the last chunk of a file of so many bytes. An empty file has one chunk too: it says that nothing is missing. */
export const lastSeq = (bytes: number): number => Math.max(0, Math.ceil(bytes / chunkBytes) - 1)

/** Bytes `from` up to and with `to`. */
export type Range = { from: number; to: number }

/** The chunks that a range needs, and which of their bytes. Of an empty file its one chunk, which has to open too. */
export function* piecesOf(bytes: number, range: Range): Generator<{ seq: number; isLast: boolean } & Range> {
  if (bytes === 0) return yield { seq: 0, isLast: true, from: 0, to: -1 }
  const to = Math.min(range.to, bytes - 1)
  if (range.from > to) return
  for (let seq = Math.floor(range.from / chunkBytes); seq * chunkBytes <= to; seq++) {
    const start = seq * chunkBytes
    yield {
      seq,
      isLast: seq === lastSeq(bytes),
      from: Math.max(range.from, start) - start,
      to: Math.min(to, start + chunkBytes - 1) - start,
    }
  }
}

/** Unambiguous: ids hold no line breaks. */
function additional({ workspaceId, fileId, seq, isLast }: ChunkPlace): Buffer {
  return Buffer.from(`clawlink 1\nchunk\n${workspaceId}\n${fileId}\n${seq}\n${isLast ? 'last' : 'more'}`)
}
