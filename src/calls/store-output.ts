import type { App } from '../app.ts'
import { Fault } from '../core/errors.ts'
import type { Ending, Success } from '../core/outcome.ts'
import { createFile } from '../files/create-file.ts'
import type { File } from '../files/file.ts'
import type { Effort, ReadyCall } from './call.ts'

/** What a caller gets instead of an answer that is too large to be given directly. */
export type StoredOutput = {
  /** The file that holds the answer as JSON; null when it could not be kept, or its time is over. */
  file: string | null
  bytes: number
  mediaType: string
  /** How it begins, so that nobody has to read all of it to know what it is. */
  head: string
  /** Of a list: how many records it has, and the names of the fields of the first. */
  records?: number
  fields?: string[]
  expiresAt: string | null
  fix: string
}

const headLength = 2_000
const fieldsMax = 100
const mediaType = 'application/json'

/**
 * What a call gives its caller: an answer of more than `inlineAnswerBytesMax` as JSON becomes a file of the caller's agent,
 * and its caller gets the handle. What the provider sent says whether it is worth looking at all: nearly every answer is
 * given as it is, at once. An answer that cannot be kept is still one of a call that succeeded: its handle says why.
 */
export function storeOutput(
  app: App,
  ready: ReadyCall,
  ending: Ending,
  { answerBytes }: Effort,
): Ending | Promise<Ending> {
  const { inlineAnswerBytesMax } = app.config
  // JSON that is written anew may be longer than it came, by escapes and by numbers, but hardly twice as long.
  if (ending.kind !== 'succeeded' || answerBytes * 2 <= inlineAnswerBytesMax) return ending
  const json = ending.json ?? JSON.stringify(ending.output)
  const bytes = Buffer.byteLength(json)
  return bytes <= inlineAnswerBytesMax ? ending : store(app, ready, ending, Buffer.from(json))
}

async function store(app: App, ready: ReadyCall, ending: Success, json: Buffer): Promise<Ending> {
  const { id: callId, principal } = ready.call
  const { workspaceId, agentId } = principal
  const asked = { workspaceId, agentId, callId, name: `${ready.tool.name}.json`, mediaType }
  const kept = await keep(app, asked, json)
  const { json: _, ...rest } = ending
  return { ...rest, output: handleOf(ending.output, json, kept), stored: true }
}

/** The call is over, well or not: what the database cannot take now is lost, and said so. */
async function keep(app: App, asked: Parameters<typeof createFile>[1], json: Buffer): Promise<File | Fault> {
  try {
    return await createFile(app, asked, inPieces(json), { announced: json.length })
  } catch (cause) {
    app.log.error({ err: cause, callId: asked.callId }, 'an answer could not be stored')
    return new Fault('internal', 'It could not be stored.')
  }
}

function handleOf(output: unknown, json: Buffer, kept: File | Fault): StoredOutput {
  const lost = kept instanceof Fault
  return {
    file: lost ? null : kept.id,
    bytes: json.length,
    mediaType,
    head: headOf(json),
    ...(Array.isArray(output) && { records: output.length, fields: fieldsOf(output[0]) }),
    expiresAt: lost ? null : new Date(kept.expiresAt).toISOString(),
    fix: lost
      ? `The answer is too large to be given directly, and it was not kept: ${kept.message} Ask for less at once: fewer records, or a narrower query.`
      : 'The answer is too large to be given directly. Read it in parts by this file id (clawlink_get_file, or GET /api/v1/files/{id}), or ask for less at once.',
  }
}

/** A kept answer as it is now: a handle whose file has ended by this time says so. */
export function asStillStored(ending: Ending, nowMs: number): Ending {
  if (ending.kind !== 'succeeded' || !ending.stored) return ending
  const handle = ending.output as StoredOutput // `stored` says that it is one
  if (handle.expiresAt === null || Date.parse(handle.expiresAt) > nowMs) return ending
  const fix = 'The file with the answer has ended. Of a call that only reads, call again, with another idempotency key.'
  return { ...ending, output: { ...handle, file: null, fix } satisfies StoredOutput }
}

/** A character has four bytes at most, so this many hold as many characters as are shown. */
function headOf(json: Buffer): string {
  return json
    .subarray(0, headLength * 4)
    .toString('utf8')
    .slice(0, headLength)
    .toWellFormed()
}

function fieldsOf(first: unknown): string[] {
  return first !== null && typeof first === 'object' ? Object.keys(first).slice(0, fieldsMax) : []
}

function* inPieces(bytes: Buffer): Generator<Buffer> {
  const size = 256 * 1024
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
