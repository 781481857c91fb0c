import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Fault } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { type KeyRing, newKeyRing, withNewKey, writeKeyRing } from './key-ring.ts'
import { keyRingSource, type RingWriting } from './key-ring-source.ts'
import { protectKeyRing } from './protect.ts'

const passphrase = new Secret('open sesame')
const onPosix = test.runIf(process.platform !== 'win32')
let folder: string
let keyringFile: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawlink-ring-'))
  keyringFile = join(folder, 'keys', 'keyring.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function writingOf(source = keyRingSource({ keyringFile })): RingWriting {
  if (!source.writing) throw new Error('a file can be written')
  return source.writing
}
const refusal = (loaded: KeyRing | Fault | undefined) =>
  loaded instanceof Fault ? `${loaded.message} ${loaded.fix}` : 'it was accepted'
const idOf = (loaded: KeyRing | Fault | undefined) => (loaded && !(loaded instanceof Fault) ? loaded.id : loaded)

describe('the key ring file', () => {
  test('is none before the first saving, and looking for it makes nothing', () => {
    expect(keyRingSource({ keyringFile }).load()).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  onPosix('can be read and written by its owner only, and so can its folder', () => {
    writingOf().save(newKeyRing(0))
    expect(statSync(keyringFile).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700)
  })

  test('is replaced as a whole, and nothing is left beside it', () => {
    const ring = newKeyRing(0)
    writingOf().save(ring)
    writingOf().save(withNewKey(ring))
    expect(keyRingSource({ keyringFile }).load()).toMatchObject({ id: ring.id, active: 2 })
    expect(readdirSync(join(folder, 'keys'))).toEqual(['keyring.json'])
  })

  test('has a stamp that changes with it', () => {
    const source = keyRingSource({ keyringFile })
    const stamps = [source.stamp?.()]
    for (const ring of [newKeyRing(0), newKeyRing(0)]) {
      writingOf(source).save(ring)
      stamps.push(source.stamp?.())
    }
    expect(new Set(stamps).size).toBe(3)
  })

  test('is changed by one process at a time', () => {
    const first = writingOf().lock()
    const started = performance.now()
    const second = writingOf().lock()
    expect(second).toBeInstanceOf(Fault)
    expect(second).toMatchObject({
      code: 'conflict',
      message: `Another process is changing the key ring in the file ${keyringFile}.`,
    })
    expect(performance.now() - started, 'it waits for a short change').toBeGreaterThan(1_000)
    if (!(first instanceof Fault)) first.release()
    const third = writingOf().lock()
    expect(third).not.toBeInstanceOf(Fault)
    if (!(third instanceof Fault)) third.release()
  })

  onPosix.each([0o640, 0o604, 0o660, 0o644, 0o601])(
    'is refused when others may use it (mode %o), and says how to mend it',
    mode => {
      writingOf().save(newKeyRing(0))
      chmodSync(keyringFile, mode)
      expect(refusal(keyRingSource({ keyringFile }).load())).toBe(
        `The key ring in the file ${keyringFile} can be read by other users. Run: chmod 600 ${keyringFile}`,
      )
    },
  )

  test('is refused when something else is at its place', () => {
    mkdirSync(keyringFile, { recursive: true })
    expect(refusal(keyRingSource({ keyringFile }).load())).toContain(
      `The key ring in the file ${keyringFile} cannot be read.`,
    )
  })

  test('is refused when it holds garbage, and is left as it is', () => {
    mkdirSync(join(folder, 'keys'))
    writeFileSync(keyringFile, 'garbage', { mode: 0o600 })
    expect(refusal(keyRingSource({ keyringFile }).load())).toContain(
      `What the file ${keyringFile} holds is not a key ring.`,
    )
    expect(readFileSync(keyringFile, 'utf8')).toBe('garbage')
  })
})

describe('a key ring from the environment', () => {
  test('counts before a command and a file, and cannot be written', () => {
    const ring = newKeyRing(0)
    writingOf().save(newKeyRing(0))
    const keyring = new Secret(writeKeyRing(ring, undefined))
    const source = keyRingSource({ keyringFile, keyring, keyringCommand: 'false' })
    expect(idOf(source.load())).toBe(ring.id)
    expect(source.writing).toBeUndefined()
  })

  test.each(['garbage', '{}', ' '])('is refused when it is malformed (%j), whatever file is there', text => {
    writingOf().save(newKeyRing(0))
    expect(refusal(keyRingSource({ keyringFile, keyring: new Secret(text) }).load())).toContain(
      'What CLAWLINK_KEYRING holds is not a key ring.',
    )
  })

  test('may be under a passphrase', () => {
    const ring = newKeyRing(0)
    const keyring = new Secret(writeKeyRing(ring, passphrase))
    expect(idOf(keyRingSource({ keyringFile, keyring, keyringPassphrase: passphrase }).load())).toBe(ring.id)
    expect(refusal(keyRingSource({ keyringFile, keyring }).load())).toContain(
      'The key ring in CLAWLINK_KEYRING is protected by a passphrase.',
    )
  })
})

describe('a key ring from a command', () => {
  const command = (script: string) => {
    const path = join(folder, 'ring.mjs')
    writeFileSync(path, script)
    return keyRingSource({ keyringFile, keyringCommand: `${process.execPath} ${path}` })
  }

  test('is what the command prints', () => {
    const ring = newKeyRing(0)
    const source = command(`process.stdout.write(${JSON.stringify(writeKeyRing(ring, undefined))})`)
    expect(idOf(source.load())).toBe(ring.id)
    expect(source.writing).toBeUndefined()
  })

  test.each([
    ['fails', 'process.exit(3)', 'failed. Run it by hand: it has to print the key ring and exit with 0.'],
    ['prints something else', 'console.log("hello")', 'What the key ring command holds is not a key ring.'],
    ['prints nothing', '', 'What the key ring command holds is not a key ring.'],
  ])('is refused when the command %s, and no file is made instead', (_, script, said) => {
    expect(refusal(command(script).load())).toContain(said)
    expect(existsSync(keyringFile)).toBe(false)
  })

  test('is refused when there is no such command', () => {
    const source = keyRingSource({ keyringFile, keyringCommand: '/nowhere/kms decrypt ring' })
    expect(refusal(source.load())).toContain('The key ring command "/nowhere/kms" failed.')
  })
})

describe('protecting the key ring file', () => {
  test('puts the same ring under the passphrase; from then on it is needed', () => {
    const ring = newKeyRing(0)
    writingOf().save(ring)
    expect(protectKeyRing({ keyringFile, keyringPassphrase: passphrase })).toBeUndefined()
    expect(refusal(keyRingSource({ keyringFile }).load())).toContain('is protected by a passphrase')
    expect(idOf(keyRingSource({ keyringFile, keyringPassphrase: passphrase }).load())).toBe(ring.id)
    expect(statSync(keyringFile).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
  })

  test('may be asked for again, and changes nothing then', () => {
    const ring = newKeyRing(0)
    writingOf().save(ring)
    const wanted = { keyringFile, keyringPassphrase: passphrase }
    expect(protectKeyRing(wanted)).toBeUndefined()
    const text = readFileSync(keyringFile, 'utf8')
    expect(protectKeyRing(wanted)).toBeUndefined()
    expect(readFileSync(keyringFile, 'utf8')).toBe(text)
  })

  test('is refused without a passphrase, without a ring, and for a ring that is under another passphrase', () => {
    expect(protectKeyRing({ keyringFile })).toMatchObject({ fix: 'Set CLAWLINK_KEYRING_PASSPHRASE.' })
    const wanted = { keyringFile, keyringPassphrase: passphrase }
    expect(protectKeyRing(wanted)).toMatchObject({ message: `There is no key ring in the file ${keyringFile}.` })
    expect(existsSync(keyringFile)).toBe(false)
    writingOf().save(newKeyRing(0))
    expect(protectKeyRing(wanted)).toBeUndefined()
    const text = readFileSync(keyringFile, 'utf8')
    expect(protectKeyRing({ ...wanted, keyringPassphrase: new Secret('another') })).toMatchObject({
      message: `The passphrase does not open the key ring in the file ${keyringFile}.`,
    })
    expect(readFileSync(keyringFile, 'utf8')).toBe(text)
  })
})
