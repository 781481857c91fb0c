import type { Upload } from './define.ts'

/** What is known of a file before its content is opened. */
export type FileFacts = { id: string; name: string; mediaType: string; bytes: number; sha256: string }

/**
 * A file in the body of a request, which is `before`, its content and `after`; or, where the request only starts an upload,
 * the file that follows. `shown`: all of it in a line for people.
 */
export type FileInBody = { file: FileFacts; before: string; after: string; shown: string }

type Inputs = readonly (readonly [name: string, value: unknown])[]

/**
 * multipart/form-data (RFC 7578), names written as browsers do (WHATWG HTML, 4.10.21.8). `boundary` must be one that nobody
 * could know when the file and the inputs were made.
 */
export function wrapMultipart(
  { file: input, part = input, json }: Extract<Upload, { kind: 'multipart' }>,
  file: FileFacts,
  inputs: Inputs,
  boundary: string,
): { contentType: string; body: FileInBody } {
  const open = (name: string) => `--${boundary}\r\ncontent-disposition: form-data; name="${escaped(name)}"`
  const fields =
    json === undefined
      ? inputs.map(([name, value]) => `${open(name)}\r\n\r\n${textOf(value)}\r\n`)
      : [`${open(json)}\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(Object.fromEntries(inputs))}\r\n`]
  const head = `${open(part)}; filename="${escaped(file.name)}"\r\ncontent-type: ${file.mediaType}\r\n\r\n`
  const shown = json === undefined ? inputs : ([[json, Object.fromEntries(inputs)]] as const)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: {
      file,
      before: fields.join('') + head,
      after: `\r\n--${boundary}--\r\n`,
      shown: [...shown.map(([name, value]) => `${name}=${textOf(value)}`), `${part}=${shownFile(file)}`].join('; '),
    },
  }
}

/** A file in a line for people. */
export const shownFile = ({ name, mediaType, bytes, sha256 }: FileFacts): string =>
  `content of ${name} (${mediaType}, ${bytes} bytes, SHA-256 ${sha256})`

/** JSON that a header can carry: what is not ASCII is escaped (RFC 8259, 7). */
export function headerJson(inputs: Inputs): string {
  return JSON.stringify(Object.fromEntries(inputs)).replace(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const escaped = (name: string): string =>
  name.toWellFormed().replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')

const textOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value).toWellFormed()
