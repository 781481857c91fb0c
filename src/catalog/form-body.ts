/** Arguments as a form (WHATWG URL, 5.2), nested ones with their path in brackets: `a[b]=1&list[0]=x`. */
export function formOf(entries: readonly (readonly [name: string, value: unknown])[]): string {
  const form = new URLSearchParams()
  const add = (name: string, value: unknown): void => {
    if (value === undefined) return
    if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner)
    else form.append(name, value === null ? '' : String(value))
  }
  for (const [name, value] of entries) add(name, value)
  return form.toString()
}
