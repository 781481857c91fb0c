import type { KeyObject } from 'node:crypto'

const rsaBitsMax = 8192

/**
 * Whether signing with this key takes no noticeable time. Signing by RSA takes eight times as long with twice the bits, and
 * everybody else waits for it: a key of 64 KB, which somebody can easily make up, takes minutes. Pure.
 */
export function isQuick({ asymmetricKeyDetails = {} }: KeyObject): boolean {
  return (asymmetricKeyDetails.modulusLength ?? 0) <= rsaBitsMax
}
