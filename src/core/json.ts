/** The value of a JSON text, or undefined when it is none. JSON itself has no undefined. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
