const browsers = [
  ['Edge', /Edg(e|A|iOS)?\//],
  ['Opera', /OPR\//],
  ['Firefox', /(Firefox|FxiOS)\//],
  ['Chrome', /(Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /Safari\//],
] as const
const systems = [
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X|Macintosh/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
] as const

/** `Firefox on Linux`: what a browser says of itself, in words that people know; the text itself when it is none of them. Pure. */
export function browserName(client: string): string {
  const browser = browsers.find(([, pattern]) => pattern.test(client))?.[0]
  const system = systems.find(([, pattern]) => pattern.test(client))?.[0]
  if (browser && system) return `${browser} on ${system}`
  return browser ?? (client.slice(0, 60) || 'Unknown browser')
}
