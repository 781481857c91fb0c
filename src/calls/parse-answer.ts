import type { WireAnswer } from '../net/wire.ts'

/** `json`: the value as it came, where that is JSON without anything that only makes it longer. */
export type Parsed = { value: unknown; json?: string }

/** The body as a value (JSON, plain text, null when there is none, or what a sink made of it), or why it is none. */
export function parseAnswer({ headers, body, sunk }: WireAnswer): Parsed | { problem: string } {
  if (sunk) return { value: sunk.value }
  if (body.length === 0) return { value: null }
  const mediaType = mediaTypeOf(headers['content-type'])
  const text = body.toString('utf8')
  if (mediaType === json || mediaType === '' || /^(application|text)\/([a-z0-9.+-]+\+)?json$/.test(mediaType)) {
    try {
      const value: unknown = JSON.parse(text)
      return isCompact(text) ? { value, json: text } : { value }
    } catch {
      return mediaType === '' ? { value: text } : { problem: 'the answer is not valid JSON.' }
    }
  }
  if (mediaType === 'text/html') return { problem: 'a web page came where an answer of the API was expected.' }
  if (mediaType.startsWith('text/')) return { value: text }
  return { problem: `the answer is of type ${mediaType.slice(0, 60)}, not JSON.` }
}

const json = 'application/json'

/**
 * Neither laid out for people, which shows at the first name, nor with escapes for what JSON can say plainly: whoever reads it
 * pays for each character.
 */
function isCompact(json: string): boolean {
  return json[json.indexOf('":') + 2] !== ' ' && !json.includes('\n') && !json.includes('\\u')
}

/** The media type without its parameters, in lower case (RFC 9110, 8.3.1). What most answers say needs no parsing. */
function mediaTypeOf(contentType = ''): string {
  if (contentType === json || contentType.startsWith(`${json};`)) return json
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
