import { mask } from '../../core/secret.ts'

const charsMax = 200

/**
 * A provider's own words, fit to be shown and stored: without any secret of the request that they repeat, on one line,
 * and short. Cut last, so that no part of a secret stays. Undefined when nothing is left.
 */
export function providerWords(words: unknown, secrets: readonly string[]): string | undefined {
  if (typeof words !== 'string' && typeof words !== 'number') return undefined
  const line = withoutSecrets(String(words), secrets)
    .toWellFormed()
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return (line.length > charsMax ? `${line.slice(0, charsMax).toWellFormed()}…` : line) || undefined
}

/** The text with each of these secrets as `•••`, in whatever way JSON, a URL or a form would write it. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const written = new Set(secrets.filter(secret => secret !== '').flatMap(waysToWrite))
  return [...written].sort((a, b) => b.length - a.length).reduce((rest, each) => rest.replaceAll(each, mask), text)
}

function waysToWrite(secret: string): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed())
  const lower = encoded.replace(/%[0-9A-F]{2}/g, triple => triple.toLowerCase())
  const form = new URLSearchParams({ a: secret }).toString().slice(2)
  return [secret, secret.trim(), encoded, lower, form, JSON.stringify(secret).slice(1, -1)].filter(each => each !== '')
}
