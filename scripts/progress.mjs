/**
 * Says on stderr that something takes a while, and how long it took.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const startedAt = performance.now()
  const took = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`
  process.stderr.write(`clawlink: ${what} … `)
  try {
    const result = await work()
    process.stderr.write(took())
    return result
  } catch (error) {
    process.stderr.write(`failed after ${took()}`)
    throw error
  }
}

/**
 * Says a line on stderr.
 * @param {string} words
 */
export function say(words) {
  process.stderr.write(`clawlink: ${words}\n`)
}
