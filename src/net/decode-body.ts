import { pipeline } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from 'node:zlib'
import { lost, type WireAnswer, type WireResult } from './wire.ts'

const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/**
 * The answer with its content coding undone. We ask for none, but some servers encode all the same. An answer that would
 * unpack to more than `bytesMax` is refused while it unpacks.
 */
export async function decodeBody(answer: WireAnswer, bytesMax: number): Promise<WireResult> {
  const coding = answer.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  // An answer without a body has nothing to unpack, whatever its headers say of it (a 204 behind some proxies).
  if (coding === 'identity' || coding === '' || answer.body.length === 0) return answer
  if (!Object.hasOwn(decoders, coding))
    return lost('maybe_sent', 'malformed', 'The answer has a content coding that was not asked for.')
  try {
    const body = await decoders[coding as keyof typeof decoders](answer.body, { maxOutputLength: bytesMax })
    return { ...answer, body }
  } catch (cause) {
    const large = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE'
    return large
      ? lost('maybe_sent', 'too_large', `The answer is larger than ${bytesMax} bytes.`)
      : lost('maybe_sent', 'malformed', 'The answer cannot be unpacked.')
  }
}

const streamDecoders = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** The same for content that is not in memory as a whole. Undefined when its coding is one that was not asked for. */
export function decodeStream(
  contentEncoding: string | undefined,
  content: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> | undefined {
  const coding = contentEncoding?.trim().toLowerCase() ?? 'identity'
  if (coding === 'identity' || coding === '') return content
  if (!Object.hasOwn(streamDecoders, coding)) return undefined
  const decoder = streamDecoders[coding as keyof typeof streamDecoders]()
  // What goes wrong on either side is thrown to whoever reads.
  pipeline(content, decoder, () => {})
  return decoder
}
