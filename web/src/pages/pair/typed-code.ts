/** A code while it is typed: capitals, and the dash where it belongs, however it comes. Pure. */
export function typedCode(typed: string): string {
  const letters = typed
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, 8)
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters
}

export const isWholeCode = (code: string) => code.length === 9
