import { openAsBlob } from 'node:fs'
import { basename, extname } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../core/errors.ts'
import { checkKey } from '../../relay/files/key.ts'
import { sizeOf, typeIn } from '../files.ts'
import { day, dim, plain, print, printJson, printTable } from '../print.ts'
import { askRest } from '../rest.ts'
import { type Flags, orExit, text } from '../settings.ts'
import { relayServer } from './server.ts'
import { type SharedFile, sharedFileShape } from './shapes.ts'

/**
 * A key as part of a URL: a path, whose slashes stay. One that is none is refused here: with `..` in it the URL would be that of
 * something else, which would then be done.
 */
export function pathOf(key: string, flags: Flags): string {
  return orExit(checkKey(key), flags).split('/').map(encodeURIComponent).join('/')
}

/** What a key says of its content, of what agents share most. */
const types: Partial<Record<string, string>> = {
  '.txt': 'text/plain',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.json': 'application/json',
  '.yaml': 'application/yaml',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
}

/** Writes a shared file: a new one, or the next version of the one that `--base` names. */
export async function putSharedFileCommand(flags: Flags, path: string, key = basename(path)): Promise<void> {
  const given = typeIn(flags)
  orExit(await sizeOf(path), flags)
  const server = orExit(relayServer(flags), flags)
  const type = given ?? types[extname(key).toLowerCase()]
  const written = await askRest(server, {
    method: 'PUT',
    path: `/relay/files/${pathOf(key, flags)}?${queryOf(flags)}`,
    body: await openAsBlob(path),
    headers: type === undefined ? {} : { 'content-type': type },
    shape: sharedFileShape,
    timeoutMs: 0,
  })
  const file = orExit(written instanceof Fault ? ofPutting(written, key, flags) : written, flags)
  if (flags.json) return printJson(file)
  const how = file.change === 'merge' ? ', merged with what was there' : ''
  print(`${plain(file.key)}  ${dim(`version ${file.version}, ${file.bytes} bytes${how}`)}`)
}

function queryOf(flags: Flags): URLSearchParams {
  const query = new URLSearchParams()
  const base = text(flags, 'base')
  if (base !== undefined) query.set('baseVersion', base)
  for (const name of ['merge', 'force']) if (flags[name]) query.set(name, 'true')
  return query
}

/** A lost race in the words of this command. */
function ofPutting(fault: Fault, key: string, flags: Flags): Fault {
  const { race } = fault.details
  const { version } = Object(race?.current)
  if (!race || typeof version !== 'number') return fault
  const merged = flags.merge ? 'Both have changed the same lines, or it is no text. ' : ''
  const orMerge = flags.merge ? '' : ', or let both be merged with --merge'
  const fix = `${merged}Look at what is there: clawlink file get ${plain(key)}. Then write yours on top of it with --base ${version}${orMerge}.`
  return new Fault(fault.code, fault.message, { ...fault.details, fix })
}

export async function listSharedFilesCommand(flags: Flags, prefix = ''): Promise<void> {
  const server = orExit(relayServer(flags), flags)
  const shape = z.object({ items: z.array(sharedFileShape), next: z.string().nullable() })
  const items: SharedFile[] = []
  const query = new URLSearchParams({ limit: '200', ...(prefix && { prefix }) })
  for (let next: string | null = ''; next !== null; ) {
    if (next) query.set('after', next)
    const found = orExit(await askRest(server, { method: 'GET', path: `/relay/files?${query}`, shape }), flags)
    items.push(...found.items)
    next = found.next
  }
  if (flags.json) return printJson({ items })
  if (!items.length) return print('There is no shared file. Share one: clawlink file put <path>')
  printTable(
    ['FILE', 'VERSION', 'BYTES', 'CHANGED (UTC)', 'BY', 'TYPE'],
    items.map(file => [
      plain(file.key),
      String(file.version),
      String(file.bytes),
      day(Date.parse(file.at)),
      plain(file.by.name),
      plain(file.mediaType),
    ]),
  )
}

export async function sharedFileHistoryCommand(flags: Flags, key: string): Promise<void> {
  const server = orExit(relayServer(flags), flags)
  const shape = z.object({ items: z.array(sharedFileShape), next: z.number().nullable() })
  const items: SharedFile[] = []
  const query = new URLSearchParams({ limit: '200' })
  for (let before: number | null = 0; before !== null; ) {
    if (before) query.set('before', String(before))
    const path = `/relay/file-history/${pathOf(key, flags)}?${query}`
    const found = orExit(await askRest(server, { method: 'GET', path, shape }), flags)
    items.push(...found.items)
    before = found.next
  }
  if (flags.json) return printJson({ items })
  printTable(
    ['VERSION', 'CHANGE', 'BYTES', 'CHANGED (UTC)', 'BY', 'SHA-256'],
    items.map(file => [
      String(file.version),
      file.restoredFrom === null ? file.change : `${file.change} of ${file.restoredFrom}`,
      String(file.bytes),
      day(Date.parse(file.at)),
      plain(file.by.name),
      file.sha256.slice(0, 12),
    ]),
  )
}

export async function restoreSharedFileCommand(flags: Flags, key: string, given: string): Promise<void> {
  const version = Number(given)
  if (!Number.isSafeInteger(version) || version < 1)
    orExit(new Fault('validation_error', 'A version is a number, as `clawlink file history` lists it.'), flags)
  const server = orExit(relayServer(flags), flags)
  const path = `/relay/file-restore/${pathOf(key, flags)}`
  const body = { version, ...(flags.force && { force: true }) }
  const file = orExit(await askRest(server, { method: 'POST', path, body, shape: sharedFileShape }), flags)
  if (flags.json) return printJson(file)
  print(`${plain(file.key)}  ${dim(`version ${file.version}, as version ${version} was`)}`)
}

export async function deleteSharedFileCommand(flags: Flags, key: string): Promise<void> {
  const server = orExit(relayServer(flags), flags)
  const path = `/relay/files/${pathOf(key, flags)}${flags.force ? '?force=true' : ''}`
  const file = orExit(await askRest(server, { method: 'DELETE', path, shape: sharedFileShape }), flags)
  if (flags.json) return printJson(file)
  print(`${plain(file.key)} is deleted. ${dim(`Back again: clawlink file restore ${plain(key)} ${file.version - 1}`)}`)
}
