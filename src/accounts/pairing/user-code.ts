import { randomInt } from 'node:crypto'

/** No vowels, so no words; nothing that looks like a digit; no case to mind (RFC 8628, 6.1). */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ'

/** Eight letters in two groups, `WDJB-MJHT`: 34.5 bits, of which a member can try ten in ten minutes. */
export function newUserCode(): string {
  const letters = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return grouped(letters)
}

/** A code as it was typed, whatever its case and punctuation; undefined when it is none. */
export function readUserCode(typed: string): string | undefined {
  const letters = typed
    .slice(0, 100)
    .toUpperCase()
    .replace(/[\s\p{P}]/gu, '')
  return letters.length === 8 && [...letters].every(letter => alphabet.includes(letter)) ? grouped(letters) : undefined
}

const grouped = (letters: string) => `${letters.slice(0, 4)}-${letters.slice(4)}`
