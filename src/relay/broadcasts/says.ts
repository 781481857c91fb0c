/** The words of a search, as they are compared. Pure. */
export function wordsOf(text: string): string[] {
  return plain(text).split(/\s+/).filter(Boolean)
}

/** Whether each of these words is somewhere in the texts and numbers of a JSON value, member names included. Pure. */
export function says(value: unknown, words: readonly string[]): boolean {
  const texts: string[] = []
  const left: unknown[] = [value]
  while (left.length) {
    const next = left.pop()
    if (typeof next === 'string') texts.push(next)
    else if (typeof next === 'object' && next !== null)
      for (const [name, member] of Object.entries(next)) {
        if (!Array.isArray(next)) texts.push(name)
        left.push(member)
      }
    else texts.push(String(next))
  }
  const all = plain(texts.join('\n'))
  return words.every(word => all.includes(word))
}

/** What looks the same is the same, whatever the case. */
const plain = (text: string) => text.normalize('NFKC').toLowerCase()
