/** A JSON Pointer (RFC 6901) as names. */
export function namesOfPointer(pointer: string): string[] {
  const parts = pointer.split('/').slice(1)
  return parts.map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}
