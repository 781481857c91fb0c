import { createReadStream, createWriteStream, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { withLock } from '../../../scripts/lock.mjs'

const root = join(import.meta.dirname, '../../..')
const packed = join(root, 'node_modules/@sparticuz/chromium')

/**
 * The path of the headless Chromium that a package brings, unpacked below `.cache` on first use and kept there. Undefined
 * where it does not run: the package is for Linux on x64. Its own way of unpacking gives every process that asks meanwhile
 * the path of a half-written file, which cannot be started.
 */
export async function broughtChromium(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const { version } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'))
  const path = join(root, `.cache/headless-chromium-${version}`)
  if (existsSync(path)) return path
  await withLock(`${path}.lock`, { onWait() {} }, async () => {
    if (existsSync(path)) return
    const half = `${path}.half`
    const from = createReadStream(join(packed, 'bin/chromium.br'))
    await pipeline(from, createBrotliDecompress(), createWriteStream(half, { mode: 0o755 }))
    renameSync(half, path)
  })
  return path
}
