import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Fault } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { type FileLock, takeFileLock } from '../db/file-lock.ts'
import { type KeyRing, readKeyRing, writeKeyRing } from './key-ring.ts'

export type KeyRingSettings = {
  keyringFile: string
  keyring?: Secret | undefined
  keyringPassphrase?: Secret | undefined
  keyringCommand?: string | undefined
}

/** Where a key ring is kept. `load` gives undefined when there is none yet. */
export type KeyRingSource = {
  /** For messages: "the file /…/keyring.json", "CLAWLINK_KEYRING". */
  name: string
  load(): KeyRing | undefined | Fault
  /** Changes when the ring may have changed; absent where only a restart can bring another ring. */
  stamp?: () => string
  /** Absent where ClawLink cannot write: then the operator changes the ring. */
  writing?: RingWriting
}

/**
 * Changing a ring is: lock, load, save, release. Two processes that changed it at once would each seal with a key that the
 * other one overwrites, and what is sealed with a lost key is lost.
 */
export type RingWriting = {
  /** Waits a few seconds for another process that is changing the ring; then a fault. */
  lock(): FileLock | Fault
  save(ring: KeyRing): void
}

const lockWaitMs = 2_000

/** The source that the settings name: the environment, then a command (a KMS client), then the file. */
export function keyRingSource(settings: KeyRingSettings): KeyRingSource {
  const { keyring, keyringCommand, keyringPassphrase: passphrase, keyringFile: path } = settings
  if (keyring) {
    const name = 'CLAWLINK_KEYRING'
    return { name, load: () => readKeyRing(keyring.reveal(), name, passphrase) }
  }
  if (keyringCommand) {
    const name = 'the key ring command'
    return { name, load: () => runCommand(keyringCommand, name, passphrase) }
  }
  const name = `the file ${path}`
  return {
    name,
    load: () => readRingFile(path, name, passphrase),
    stamp: () => String(statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs),
    writing: {
      lock: () => lockRing(path, name),
      save(ring) {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        // Written beside and renamed, so that a crash leaves either the old ring or the new one.
        const beside = `${path}.${process.pid}.new`
        writeFileSync(beside, writeKeyRing(ring, passphrase), { mode: 0o600, flush: true })
        chmodSync(beside, 0o600)
        renameSync(beside, path)
        flushFolder(dirname(path))
      },
    },
  }
}

/** Makes the new name as durable as the file: records sealed with its key may be on disk a moment later. */
function flushFolder(path: string): void {
  if (process.platform === 'win32') return // which has no such call
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function lockRing(path: string, name: string): FileLock | Fault {
  try {
    const lock = takeFileLock(`${path}.lock`, lockWaitMs)
    return (
      lock ??
      new Fault('conflict', `Another process is changing the key ring in ${name}.`, { fix: 'Wait until it is done.' })
    )
  } catch (cause) {
    return new Fault(
      'internal',
      `The key ring in ${name} cannot be changed: ${cause instanceof Error ? cause.message : cause}.`,
      {
        fix: 'Check that its folder belongs to the user that runs ClawLink.',
      },
    )
  }
}

function readRingFile(path: string, name: string, passphrase: Secret | undefined): KeyRing | undefined | Fault {
  let mode: number
  let text: string
  try {
    mode = statSync(path).mode
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    return new Fault('internal', `The key ring in ${name} cannot be read.`, {
      fix: 'Check that the file belongs to the user that runs ClawLink.',
    })
  }
  if (process.platform !== 'win32' && mode & 0o077) {
    return new Fault('internal', `The key ring in ${name} can be read by other users.`, {
      fix: `Run: chmod 600 ${path}`,
    })
  }
  return readKeyRing(text, name, passphrase)
}

/** Runs the command without a shell between: words are split at spaces, so a wrapper script serves anything longer. */
function runCommand(command: string, name: string, passphrase: Secret | undefined): KeyRing | Fault {
  const [file = '', ...words] = command.split(/\s+/).filter(Boolean)
  try {
    const text = execFileSync(file, words, { encoding: 'utf8', timeout: 30_000, stdio: ['ignore', 'pipe', 'inherit'] })
    return readKeyRing(text, name, passphrase)
  } catch {
    return new Fault('internal', `The key ring command "${file}" failed.`, {
      fix: 'Run it by hand: it has to print the key ring and exit with 0.',
    })
  }
}
