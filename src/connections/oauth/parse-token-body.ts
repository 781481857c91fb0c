/**
 * The fields of an answer, which is JSON or form-encoded whatever its content type says: providers send both under each
 * other's name. Undefined when it is neither.
 */
export function parseTokenBody(text: string): Readonly<Record<string, unknown>> | undefined {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  try {
    const json: unknown = JSON.parse(trimmed)
    return isRecord(json) ? json : undefined
  } catch {
    // No name of a field holds such a character, but every HTML page does.
    if (!/^[^\s<>"{}=]+=/.test(trimmed)) return undefined
    return Object.fromEntries(new URLSearchParams(trimmed))
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
