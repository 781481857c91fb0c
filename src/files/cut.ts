/** Cuts bytes, however they come, into pieces of `size`; all are full but the last, which is empty when there are none. */
export type Cutter = {
  /** The pieces that are full by now and are not the last. */
  add(bytes: Uint8Array): Buffer[]
  /** The last piece. */
  end(): Buffer
}

/** A full piece is held back until more comes: only then it is known not to be the last. Copies nothing twice. */
export function cutter(size: number): Cutter {
  let held: Uint8Array[] = []
  let count = 0
  const take = () => {
    const piece = Buffer.concat(held, count)
    held = []
    count = 0
    return piece
  }
  return {
    add(bytes) {
      const full: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        if (count === size) full.push(take())
        const part = bytes.subarray(at, at + size - count)
        held.push(part)
        count += part.length
        at += part.length
      }
      return full
    },
    end: take,
  }
}
