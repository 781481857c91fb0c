import { hash, randomBytes } from 'node:crypto'

const codesPerPerson = 10
/** Without letters and digits that are mistaken for each other. 32 of them: five bits each. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz123456789'

/** Ten codes of 80 random bits, `xxxx-xxxx-xxxx-xxxx`. With that many bits one SHA-256 is enough to store. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: codesPerPerson }, () => {
    const letters = [...randomBytes(16)].map(byte => alphabet[byte % alphabet.length])
    return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
  })
}

export function hashRecoveryCode(code: string): string {
  return hash('sha256', code.toLowerCase().replace(/[^a-z0-9]/g, ''))
}

/** The stored list without this code, or undefined when it is not in there. */
export function withoutCode(stored: string, code: string): string | undefined {
  const hashes: string[] = JSON.parse(stored)
  const hashed = hashRecoveryCode(code)
  return hashes.includes(hashed) ? JSON.stringify(hashes.filter(each => each !== hashed)) : undefined
}
