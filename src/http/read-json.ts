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
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    return malformed('The request body is not valid JSON.')
  }
  return isDeeperThan(depthMax, value) ? malformed(`The JSON is nested deeper than ${depthMax} levels.`) : { value }
}

/** JSON.parse itself does not recurse; what reads the value afterwards does. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false
  if (levels === 0) return true
  for (const name in value) if (isDeeperThan(levels - 1, (value as Record<string, unknown>)[name])) return true // an own name
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
