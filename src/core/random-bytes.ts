import { randomFillSync } from 'node:crypto'

/**
 * Random bytes, `size` at a time, drawn from the system a page at a time: one draw costs more than most of what they are for.
 * What it gives is to be used at once: it is a part of the page, which is filled anew when it is used up.
 */
export function randomBytesOf(size: number): () => Buffer {
  const page = Buffer.alloc(size * 500)
  let drawn = page.length
  return () => {
    if (drawn === page.length) {
      randomFillSync(page)
      drawn = 0
    }
    drawn += size
    return page.subarray(drawn - size, drawn)
  }
}
