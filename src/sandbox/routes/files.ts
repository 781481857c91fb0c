import { type Answer, created, gone, invalid, notFound, ok, refused } from '../answer.ts'
import { filledText, readFields } from '../fields.ts'
import { samplePieces } from '../files/sample.ts'
import { Intake, type Taken } from '../files/taker.ts'
import type { Call, Route } from '../router.ts'
import type { StoredFile } from '../store.ts'

/** What a chunk must be a multiple of, all but the last. */
const chunkStep = 64 * 1024
const sampleBytesMax = 1024 * 1024 * 1024

export const fileRoutes: Route[] = [
  { method: 'GET', path: '/files', scope: null, answer: listFiles },
  { method: 'POST', path: '/files', scope: null, answer: addFile },
  { method: 'PUT', path: '/files/named/{name}', scope: null, answer: putFile },
  { method: 'POST', path: '/files/uploads', scope: null, answer: startUpload },
  { method: 'PUT', path: '/files/uploads/{id}', scope: null, answer: takeChunk },
  { method: 'GET', path: '/files/uploads/{id}', scope: null, answer: getUpload },
  { method: 'GET', path: '/files/sample', scope: null, answer: getSample },
  { method: 'GET', path: '/files/{id}', scope: null, answer: getFile },
  { method: 'DELETE', path: '/files/{id}', scope: null, answer: deleteFile },
  { method: 'GET', path: '/files/{id}/content', scope: null, answer: getContent },
]

function listFiles({ account: { store } }: Call): Answer {
  return ok({ files: store.files.map(shown).toReversed() })
}

/** Adds a file by multipart/form-data. Each request adds another one. */
function addFile(call: Call): Answer {
  const { taken } = call
  if (taken?.name === undefined) return invalid([{ field: 'file', message: 'is missing' }])
  const file = store(call, taken.name, taken.file, taken.fields)
  return created(shown(file), `${call.baseUrl}/files/${file.id}`)
}

/** Makes the file of this name what the body is, whether there was one or not. */
function putFile(call: Call): Answer {
  const {
    account,
    params: [name = ''],
    taken,
  } = call
  if (!taken) return invalid([{ field: 'body', message: 'is missing' }])
  account.store.files = account.store.files.filter(file => file.name !== name)
  return ok(shown(store(call, name, taken.file)))
}

/**
 * Begins a resumable upload. Its address comes as `Location`, and chunks are answered with 308 and `Range`; with
 * `?style=ranges` it comes as `uploadUrl`, and chunks are answered with 202 and `nextExpectedRanges`.
 */
function startUpload({ account, body, query, baseUrl, headers }: Call): Answer {
  const fields = readFields(body)
  const name = fields.required('name', filledText)
  const refusal = fields.refusal()
  if (refusal) return refusal
  const style = query.get('style') === 'ranges' ? 'ranges' : 'range'
  const id = account.newId('upl')
  const mediaType = headers['x-upload-content-type'] ?? 'application/octet-stream'
  account.store.uploads.set(id, { id, name, style, mediaType, intake: new Intake() })
  const url = `${baseUrl}/files/uploads/${id}`
  return style === 'ranges'
    ? ok({ uploadUrl: url, nextExpectedRanges: ['0-'] })
    : { status: 200, headers: { location: url } }
}

function takeChunk(call: Call): Answer {
  const {
    account: { store: own },
    params: [id = ''],
    headers,
    taken,
  } = call
  const session = own.uploads.get(id)
  if (!session) return notFound('upload')
  const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(headers['content-range'] ?? '')
  const { bytes } = session.intake
  const total = Number(range?.[3])
  if (!range) return invalid([{ field: 'content-range', message: 'is missing or malformed' }])
  if (range[1] !== undefined) {
    const to = Number(range[2]) + 1
    if (taken && to !== bytes) return refused(416, 'wrong_range', `The upload is at byte ${bytes}.`)
    if (to < total && (to - Number(range[1])) % chunkStep)
      return refused(400, 'wrong_size', `Not a multiple of ${chunkStep}.`)
  }
  if (bytes < total || (total === 0 && !taken)) return progressOf(call)
  own.uploads.delete(id)
  const file = store(call, session.name, session.intake.taken(), {}, session.mediaType)
  return created(shown(file), `${call.baseUrl}/files/${file.id}`)
}

function getUpload(call: Call): Answer {
  return call.account.store.uploads.has(call.params[0] ?? '') ? progressOf(call) : notFound('upload')
}

function progressOf({ account, params: [id = ''], method }: Call): Answer {
  const session = account.store.uploads.get(id)
  const bytes = session?.intake.bytes ?? 0
  if (session?.style === 'ranges')
    return { status: method === 'GET' ? 200 : 202, body: { nextExpectedRanges: [`${bytes}-`] } }
  return { status: 308, headers: bytes ? { range: `bytes=0-${bytes - 1}` } : {} }
}

/** A file of as many bytes as asked for, so that large ones can be had without being kept. */
function getSample({ query }: Call): Answer {
  const bytes = Number(query.get('bytes') ?? 1024)
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > sampleBytesMax)
    return invalid([{ field: 'bytes', message: `must be a whole number up to ${sampleBytesMax}` }])
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment; filename="sample.bin"',
  }
  return { status: 200, headers, content: { bytes, pieces: () => samplePieces(bytes) } }
}

function getFile({ account, params: [id = ''] }: Call): Answer {
  const file = account.store.files.find(each => each.id === id)
  return file ? ok(shown(file)) : notFound('file')
}

function deleteFile({ account, params: [id = ''] }: Call): Answer {
  const { store } = account
  if (!store.files.some(file => file.id === id)) return notFound('file')
  store.files = store.files.filter(file => file.id !== id)
  return gone()
}

function getContent({ account, params: [id = ''] }: Call): Answer {
  const file = account.store.files.find(each => each.id === id)
  if (!file) return notFound('file')
  const { content } = file
  if (!content)
    return refused(410, 'not_kept', 'The sandbox keeps no content of large files. `GET /files/sample` has large ones.')
  const name = encodeURIComponent(file.name).replace(/['()*]/g, each => `%${each.charCodeAt(0).toString(16)}`)
  return {
    status: 200,
    headers: { 'content-type': file.media_type, 'content-disposition': `attachment; filename*=UTF-8''${name}` },
    content: { bytes: content.length, pieces: () => [content] },
  }
}

function store(
  { account, headers, nowMs }: Call,
  name: string,
  taken: Taken,
  fields: Record<string, string> = {},
  mediaType = headers['content-type'] ?? 'application/octet-stream',
): StoredFile {
  const file = {
    id: account.newId('doc'),
    name,
    media_type: mediaType.startsWith('multipart/') ? 'application/octet-stream' : mediaType,
    ...taken,
    fields,
    created_at: new Date(nowMs).toISOString(),
  }
  account.store.files.push(file)
  return file
}

function shown({ content: _, ...file }: StoredFile) {
  return file
}
