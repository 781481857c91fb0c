import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'

/** Deeper nesting than any real request has; far below what would exhaust the stack of what reads it afterwards. */
const depthMax = 64

/** How long a body may take that does not come at once, from its head on. */
const bodyTimeMs = 60_000

/** The bytes of a request body, or a fault once there are more than `bytesMax`, or when they come too slowly. */
export function readBody(
  { clock }: Pick<App, 'clock'>,
  incoming: IncomingMessage,
  bytesMax: number,
): Promise<Buffer | Fault> {
  const announced = Number(incoming.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (announced > bytesMax && announced !== Number.POSITIVE_INFINITY) return Promise.resolve(tooLarge(bytesMax))
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let bytes = 0
    let hasEnded = false
    let cancelTimer: (() => void) | undefined
    const end = (result: Buffer | Fault) => {
      hasEnded = true
      cancelTimer?.()
      resolve(result)
    }
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > bytesMax) return end(tooLarge(bytesMax))
      chunks.push(chunk)
    })
    incoming.on('end', () => end(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    // After a broken connection there is nobody to answer, but whoever waits here has to go on.
    incoming.on('error', () => end(new Fault('validation_error', 'The request body ended early.')))
    // What comes in one packet with its head, as most clients send it, is complete by then, and pays for no timer.
    process.nextTick(() => {
      if (!hasEnded && !incoming.complete) cancelTimer = clock.after(bodyTimeMs, () => end(tooSlow()))
    })
  })
}

function tooSlow(): Fault {
  return new Fault('validation_error', 'The request body did not arrive within 60 seconds.', {
    fix: 'Send it again, all at once.',
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
