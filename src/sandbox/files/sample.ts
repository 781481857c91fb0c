const block = Buffer.alloc(64 * 1024)
for (let at = 0; at < block.length; at++) block[at] = (at * 31 + (at >> 8) * 7) & 0xff

/** The sample file of so many bytes, the same each time. Each piece says which one it is, so that no two are alike. */
export function* samplePieces(bytes: number): Generator<Buffer> {
  for (let from = 0; from < bytes; from += block.length) {
    const piece = Buffer.from(block)
    piece.writeUInt32BE(from / block.length, 0)
    yield piece.subarray(0, Math.min(piece.length, bytes - from))
  }
}
