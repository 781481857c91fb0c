import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Fault } from '../core/errors.ts'
import { createFile } from '../files/create-file.ts'
import { deleteFile } from '../files/delete-file.ts'
import { viewOf } from '../files/file.ts'
import { listFiles } from '../files/list-files.ts'
import { checkMediaType } from '../files/names.ts'
import { openFile } from '../files/open-file.ts'
import { dim, print, printJson, printTable } from './print.ts'
import { type Flags, orExit, text, withApp } from './settings.ts'
import { principalOf } from './tools.ts'

/** Files of the command line's own agent: what it gives its calls. Those of other agents are listed and read too. */
export async function putFileCommand(flags: Flags, path: string): Promise<void> {
  const mediaType = typeIn(flags)
  const bytes = orExit(await sizeOf(path), flags)
  const made = await withApp(
    flags,
    async app => {
      const { workspaceId, agentId } = await principalOf(app, flags)
      const asked = {
        workspaceId,
        agentId,
        name: text(flags, 'name') ?? basename(path),
        mediaType,
      }
      return createFile(app, asked, counted(createReadStream(path), bytes), { announced: bytes })
    },
    'begin',
  )
  const view = viewOf(orExit(made, flags))
  if (flags.json) return printJson(view)
  print(`${view.file}  ${dim(`${view.name}, ${view.bytes} bytes, until ${view.expiresAt}`)}`)
}

export async function getFileCommand(flags: Flags, id: string): Promise<void> {
  const output = text(flags, 'output')
  const written = await withApp(flags, async app => {
    const opened = await openFile(app, { workspaceId: app.workspaceId }, id)
    if (opened instanceof Fault) return opened
    const { file, read } = opened
    // Whoever gives a path means it; what a file calls itself is never one.
    const sink =
      output === undefined ? standardOutput() : createWriteStream(output, { flags: flags.force ? 'w' : 'wx' })
    try {
      await pipeline(output === undefined ? read() : counted(read(), file.bytes), sink)
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
        return new Fault('conflict', `There is a file ${output} already.`, { fix: 'Give another path, or --force.' })
      throw cause
    }
    return file
  })
  const file = orExit(written, flags)
  if (output === undefined) return
  if (flags.json) return printJson({ ...viewOf(file), path: output })
  print(`${output}  ${dim(`${file.bytes} bytes, SHA-256 ${file.sha256}`)}`)
}

export async function listFilesCommand(flags: Flags): Promise<void> {
  const { items } = await withApp(flags, app => listFiles(app, { workspaceId: app.workspaceId }, { limit: 200 }))
  const views = items.map(viewOf)
  if (flags.json) return printJson({ items: views })
  if (!views.length) return print('There is no file.')
  printTable(
    ['FILE', 'BYTES', 'TYPE', 'UNTIL', 'NAME'],
    views.map(each => [each.file, String(each.bytes), each.mediaType, each.expiresAt, each.name]),
  )
}

export async function deleteFileCommand(flags: Flags, id: string): Promise<void> {
  const deleted = await withApp(flags, app => deleteFile(app, { workspaceId: app.workspaceId }, id))
  orExit(deleted, flags)
  if (flags.json) return printJson({ id })
  print(`${id} is deleted.`)
}

/** The media type that is given, if one is. */
export function typeIn(flags: Flags): string | undefined {
  const type = text(flags, 'type')
  orExit(checkMediaType(type, '--type') ?? 0, flags)
  return type
}

export async function sizeOf(path: string): Promise<number | Fault> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile()) return found.size
  return new Fault('validation_error', `There is no file ${path} that can be read.`, { fix: 'Check the path.' })
}

/** Standard output, left open: what is printed after it must still go out. */
export function standardOutput(): Writable {
  return new Writable({
    write(chunk, _, done) {
      process.stdout.write(chunk, done)
    },
  })
}

const shownFromBytes = 4 * 1024 * 1024

/** The same stream, with how far it is on standard error: of large files, where a person sees it. */
export async function* counted<Piece extends Uint8Array>(
  source: AsyncIterable<Piece>,
  bytes: number,
): AsyncGenerator<Piece> {
  const shown = process.stderr.isTTY && bytes >= shownFromBytes
  let done = 0
  let percent = -1
  for await (const piece of source) {
    yield piece
    done += piece.length
    const now = Math.floor((done / bytes) * 100)
    if (shown && now !== percent) process.stderr.write(`\r${bar(now)} ${now} %`)
    percent = now
  }
  if (shown) process.stderr.write('\r\u001b[K')
}

const bar = (percent: number) => `${'█'.repeat(Math.floor(percent / 4))}${'░'.repeat(25 - Math.floor(percent / 4))}`
