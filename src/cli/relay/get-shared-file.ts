import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Fault } from '../../core/errors.ts'
import { counted, standardOutput } from '../files.ts'
import { dim, plain, print, printJson } from '../print.ts'
import { openRest } from '../rest.ts'
import { type Flags, orExit, text } from '../settings.ts'
import { relayServer } from './server.ts'
import { pathOf } from './shared-files.ts'

/** Writes a shared file to standard output, or to a path, where it is whole or not at all. */
export async function getSharedFileCommand(flags: Flags, key: string): Promise<void> {
  const output = text(flags, 'output')
  if (output !== undefined && !flags.force && existsSync(output))
    orExit(
      new Fault('conflict', `There is a file ${output} already.`, { fix: 'Give another path, or --force.' }),
      flags,
    )
  const server = orExit(relayServer(flags), flags)
  const version = text(flags, 'version')
  const query = version === undefined ? '' : `?version=${encodeURIComponent(version)}`
  const path = `/relay/files/${pathOf(key, flags)}${query}`
  const answer = orExit(await openRest(server, { method: 'GET', path, timeoutMs: 0 }), flags)
  const content = answer.body ?? new ReadableStream<Uint8Array>({ start: empty => empty.close() })
  if (output === undefined) return pipeline(content, standardOutput())
  const bytes = Number(answer.headers.get('content-length'))
  const beside = `${output}.${process.pid}.part`
  try {
    await pipeline(counted(content, bytes), createWriteStream(beside))
    await rename(beside, output)
  } catch (cause) {
    await rm(beside, { force: true })
    throw cause
  }
  const about = { key, version: Number(answer.headers.get('x-clawlink-version')), bytes, path: output }
  if (flags.json) return printJson(about)
  print(`${output}  ${dim(`version ${about.version} of ${plain(key)}, ${bytes} bytes`)}`)
}
