import { readdir, readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

export type BuiltFile = {
  type: string
  /** Its name changes with its content. */
  isHashed: boolean
  bytes: Uint8Array<ArrayBuffer>
  gzip?: Uint8Array<ArrayBuffer>
}

/** The built web app: its page and, by path, the files beside it. */
export type BuiltApp = { page: BuiltFile; files: ReadonlyMap<string, BuiltFile> }

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/**
 * Reads the built web app into memory, so that what is asked for is looked up and never a path on the disk. Undefined
 * where it was not built. `<file>.gz` beside a file is the same one, compressed.
 */
export async function readBuiltApp(folder: string): Promise<BuiltApp | undefined> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => [])
  const files = new Map<string, BuiltFile>()
  for (const name of names) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const bytes = await readFile(join(folder, name))
    const gzip = names.includes(`${name}.gz`) && (await readFile(join(folder, `${name}.gz`)))
    const path = `/${name.replaceAll(sep, '/')}`
    files.set(path, { type, isHashed: path.startsWith('/assets/'), bytes, ...(gzip && { gzip }) })
  }
  const page = files.get('/index.html')
  files.delete('/index.html')
  return page && { page, files }
}
