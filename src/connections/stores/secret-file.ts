import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Fault } from '../../core/errors.ts'

const bytesMax = 64 * 1024

/** A secret from a file inside this folder, without the newline that editors end it with. No link leads out of the folder. */
export async function readSecretFile(folder: string | undefined, name: string): Promise<string | Fault> {
  if (folder === undefined) return refused('No folder of secrets is set.', 'Set CLAWLINK_SECRETS_DIR to one.')
  try {
    const root = await realpath(folder)
    const path = await realpath(join(root, name))
    if (!path.startsWith(root + sep)) return refused(`The file ${name} is outside of the folder of secrets.`)
    // Not by a link that was put there since, and without waiting for whoever writes into a pipe.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const found = await file.stat()
    if (!found.isFile()) return refused(`${name} is not a file.`)
    if (found.size > bytesMax) return refused(`The file ${name} is larger than ${bytesMax} bytes.`)
    const text = (await file.readFile('utf8')).replace(/\r?\n$/, '')
    return text === '' ? refused(`The file ${name} is empty.`) : text
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    return missing
      ? refused(`There is no file ${name} in the folder of secrets.`, `Put it into ${folder}.`)
      : refused(`The file ${name} cannot be read.`, 'Check its rights: the user that runs ClawLink has to read it.')
  }
}

function refused(message: string, fix = 'Correct the file, or reconnect with another reference.'): Fault {
  return new Fault('authentication_failed', message, { fix })
}
