import { createHash, randomBytes } from 'node:crypto'

export type Pkce = { verifier: string; challenge: string }

/** A fresh verifier of 256 random bits and its S256 challenge (RFC 7636, 4.1 and 4.2). `plain` is never used. */
export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: challengeOf(verifier) }
}

export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')
