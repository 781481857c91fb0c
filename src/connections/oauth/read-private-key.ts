import { createPrivateKey, type KeyObject } from 'node:crypto'

const rsaBitsMax = 8192

/**
 * The private key of a PEM text, or undefined when that is none, or none that signs quickly. Signing by RSA takes eight times
 * as long with twice the bits, and everybody else waits for it: a key of 64 KB, which somebody can easily make up, takes
 * minutes. Pure.
 */
export function readPrivateKey(pem: string, passphrase?: string): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) })
    return (key.asymmetricKeyDetails?.modulusLength ?? 0) <= rsaBitsMax ? key : undefined
  } catch {
    return undefined
  }
}

/** The same for a key that only signs. Line breaks that were lost to `\n` in a copied JSON text are made good. */
export const readSigningKey = (pem: string): KeyObject | undefined => readPrivateKey(pem.replaceAll('\\n', '\n'))
