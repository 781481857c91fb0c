import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { Fault } from '../core/errors.ts'

/** Deeper nesting than any real request has; far below what would exhaust the stack of what reads it afterwards. */
const depthMax = 64

/** The bytes of a request body, or a fault once there are more than `bytesMax`. */
export function readBody(incoming: IncomingMessage, bytesMax: number): Promise<Buffer | Fault> {
  const announced = Number(incoming.headers['content-length'] ?? 0)
  if (announced > bytesMax) return Promise.resolve(tooLarge(bytesMax))
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= bytesMax) chunks.push(chunk)
      else resolve(tooLarge(bytesMax))
    })
    incoming.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    // After a broken connection there is nobody to answer, but whoever waits here has to go on.
    incoming.on('error', () => resolve(new Fault('validation_error', 'The request body ended early.')))
  })
}

/** The body as JSON (RFC 8259), or a fault that says what is wrong with it. */
export function parseJson(body: Buffer): { value: unknown } | Fault {
  if (body.length === 0) return malformed('The request has no body; JSON is expected.')
  if (!isUtf8(body)) return malformed('The request body is not valid UTF-8.')
  const text = body.toString('utf8')
  if (isTooDeep(text)) return malformed(`The JSON is nested deeper than ${depthMax} levels.`)
  try {
    return { value: JSON.parse(text) }
  } catch {
    return malformed('The request body is not valid JSON.')
  }
}

/** Counts brackets outside of strings. Runs before parsing, so that nothing deep is ever built. */
function isTooDeep(text: string): boolean {
  if (text.length < 2 * depthMax) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (inString) {
      if (char === 0x5c) at++
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > depthMax) return true
    } else if (char === 0x7d || char === 0x5d) depth--
  }
  return false
}

function malformed(message: string): Fault {
  return new Fault('validation_error', message, {
    fix: 'Send a JSON object in UTF-8 with `Content-Type: application/json`.',
  })
}

function tooLarge(bytesMax: number): Fault {
  return new Fault('payload_too_large', `The request body is larger than ${bytesMax} bytes.`, { fix: 'Send less.' })
}
