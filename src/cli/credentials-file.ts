import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../core/errors.ts'
import { jsonOrUndefined } from '../core/json.ts'
import { configFolder } from '../core/read-config.ts'

/** What a machine has by pairing, of one ClawLink. */
export type Credential = { key: string; agent: string; environment: string; expiresAt: string | null }

/** Where the keys of this machine are, by the URL of their ClawLink. */
const credentialsPath = () => join(configFolder(process.env), 'credentials.json')

/** What is in the file now; a fault when it holds something else than we would write. */
export function readCredentials(): Record<string, unknown> | Fault {
  let text: string
  try {
    text = readFileSync(credentialsPath(), 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {}
    return unusable('cannot be read')
  }
  const found = jsonOrUndefined(text)
  return found && typeof found === 'object' && !Array.isArray(found) ? { ...found } : unusable('is not a JSON object')
}

/**
 * Adds the credential of `url` to the file, or replaces it there. Only its owner can read the file; it is whole at every
 * moment, whenever this process ends.
 */
export function writeCredential(url: string, credential: Credential): string | Fault {
  const before = readCredentials()
  if (before instanceof Fault) return before
  const path = credentialsPath()
  const next = `${path}.${process.pid}`
  const folder = configFolder(process.env)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  try {
    writeFileSync(next, `${JSON.stringify({ ...before, [url]: credential }, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(next, path)
  } catch (cause) {
    rmSync(next, { force: true })
    throw cause
  }
  return path
}

function unusable(why: string): Fault {
  return new Fault('conflict', `The file ${credentialsPath()} ${why}.`, { fix: 'Correct it, or move it away.' })
}
