import type { IncomingMessage } from 'node:http'
import { Fault } from '../../core/errors.ts'
import { checkMediaType } from '../../files/names.ts'

export type IncomingContent = { content: AsyncIterable<Uint8Array>; announced: number | undefined }

/**
 * Takes the body of a request as it comes in, for `use` to store. An upload that ends early is a fault, after `use` has
 * thrown and so kept nothing of it; so is one at whose end whoever sends it is `refused`.
 */
export async function takeContent<T>(
  incoming: IncomingMessage,
  refused: () => Promise<Fault | undefined>,
  use: (taken: IncomingContent) => Promise<T | Fault>,
): Promise<T | Fault> {
  const unusable = notPlain(incoming)
  if (unusable) return unusable
  const pieces = incoming.iterator({ destroyOnReturn: false }) // whoever is refused shall still read why
  const content = allOf(pieces, refused)
  const length = incoming.headers['content-length']
  try {
    return await use({ content, announced: length === undefined ? undefined : Number(length) })
  } catch (cause) {
    if (incoming.complete || !incoming.destroyed) throw cause // whoever sends it is still there
    return new Fault('validation_error', 'The upload ended early, and nothing of it is kept.', {
      fix: 'Send the whole file again.',
    })
  }
}

/** It may take minutes: a key that is revoked meanwhile stores nothing. */
async function* allOf(
  pieces: AsyncIterable<Uint8Array>,
  refused: () => Promise<Fault | undefined>,
): AsyncGenerator<Uint8Array> {
  yield* pieces
  const why = await refused()
  if (why) throw why
}

/** What would be stored in a form in which nobody could use it. */
function notPlain({ headers }: IncomingMessage): Fault | undefined {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers
  if (encoding.trim().toLowerCase() !== 'identity')
    return new Fault('validation_error', 'An upload may have no Content-Encoding.', { fix: 'Send the file as it is.' })
  if (/^multipart\/form-data/i.test(type))
    return new Fault('validation_error', 'An upload is not a form: its body is the file itself.', {
      fix: 'For example with curl: --data-binary @file.png -H "Content-Type: image/png".',
    })
  return checkMediaType(type, 'Content-Type')
}
