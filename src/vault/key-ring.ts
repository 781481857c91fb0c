import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes, scryptSync } from 'node:crypto'
import * as z from 'zod'
import { Fault } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { jsonOrUndefined } from '../core/json.ts'
import type { Secret } from '../core/secret.ts'

/**
 * The keys that wrap each record's own key. `active` seals; the others still open what was sealed before a rotation.
 * Key material lives in KeyObjects, which never print.
 */
export type KeyRing = { id: string; active: number; keys: ReadonlyMap<number, KeyObject> }

const keyBytes = 32
const plainRing = z.strictObject({
  id: z.string().min(1),
  active: z.int().positive(),
  keys: z.record(z.string().regex(/^[1-9][0-9]*$/), z.base64()),
})
const protectedRing = z.strictObject({
  id: z.string().min(1),
  // scrypt as in RFC 7914; N and r are kept in the file so that they can be raised later.
  scrypt: z.strictObject({ salt: z.base64(), N: z.int(), r: z.int(), p: z.int() }),
  sealed: z.strictObject({ iv: z.base64(), tag: z.base64(), text: z.base64() }),
})

export function newKeyRing(nowMs: number): KeyRing {
  return { id: newId('ring', nowMs), active: 1, keys: new Map([[1, createSecretKey(randomBytes(keyBytes))]]) }
}

/** The ring with one more key, which becomes the active one. */
export function withNewKey(ring: KeyRing): KeyRing {
  const version = Math.max(...ring.keys.keys()) + 1
  return {
    id: ring.id,
    active: version,
    keys: new Map([...ring.keys, [version, createSecretKey(randomBytes(keyBytes))]]),
  }
}

/** The text of a key ring file; with a passphrase its keys are encrypted under it. */
export function writeKeyRing(ring: KeyRing, passphrase: Secret | undefined): string {
  const keys = Object.fromEntries([...ring.keys].map(([version, key]) => [version, key.export().toString('base64')]))
  if (!passphrase) return `${JSON.stringify({ id: ring.id, active: ring.active, keys }, null, 2)}\n`
  const scrypt = { salt: randomBytes(16).toString('base64'), N: 2 ** 15, r: 8, p: 1 }
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', stretch(passphrase, scrypt), iv).setAAD(Buffer.from(ring.id))
  const text = Buffer.concat([cipher.update(JSON.stringify({ active: ring.active, keys })), cipher.final()])
  const sealed = {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: text.toString('base64'),
  }
  return `${JSON.stringify({ id: ring.id, scrypt, sealed }, null, 2)}\n`
}

/** Reads the text of a key ring. `from` names its source in a fault; the fault never shows any of the text. */
export function readKeyRing(text: string, from: string, passphrase: Secret | undefined): KeyRing | Fault {
  const value = jsonOrUndefined(text)
  const locked = protectedRing.safeParse(value)
  if (locked.success) {
    if (!passphrase)
      return refuse(`The key ring in ${from} is protected by a passphrase.`, 'Set CLAWLINK_KEYRING_PASSPHRASE.')
    const { id, scrypt, sealed } = locked.data
    try {
      const key = stretch(passphrase, scrypt)
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(id)).setAuthTag(Buffer.from(sealed.tag, 'base64'))
      const opened = Buffer.concat([decipher.update(Buffer.from(sealed.text, 'base64')), decipher.final()])
      return ringOf({ id, ...Object(jsonOrUndefined(opened.toString('utf8'))) }, from)
    } catch {
      return refuse(`The passphrase does not open the key ring in ${from}.`, 'Check CLAWLINK_KEYRING_PASSPHRASE.')
    }
  }
  const ring = ringOf(value, from)
  if (!(ring instanceof Fault) && passphrase) {
    return refuse(
      `A passphrase is set, but the key ring in ${from} is not protected by one.`,
      'Run `clawlink vault protect` to protect it, or unset CLAWLINK_KEYRING_PASSPHRASE.',
    )
  }
  return ring
}

function ringOf(value: unknown, from: string): KeyRing | Fault {
  const parsed = plainRing.safeParse(value)
  const keys = new Map(
    Object.entries(parsed.data?.keys ?? {}).map(([version, key]) => [Number(version), Buffer.from(key, 'base64')]),
  )
  if (!parsed.success || !keys.has(parsed.data.active) || [...keys.values()].some(key => key.length !== keyBytes)) {
    return refuse(
      `What ${from} holds is not a key ring.`,
      'Restore the key ring from its backup. Do not make a new one: it would not open what is sealed.',
    )
  }
  return {
    id: parsed.data.id,
    active: parsed.data.active,
    keys: new Map([...keys].map(([version, key]) => [version, createSecretKey(key)])),
  }
}

function stretch(passphrase: Secret, { salt, N, r, p }: { salt: string; N: number; r: number; p: number }): Buffer {
  return scryptSync(passphrase.reveal(), Buffer.from(salt, 'base64'), keyBytes, { N, r, p, maxmem: 256 * N * r })
}

function refuse(message: string, fix: string): Fault {
  return new Fault('internal', message, { fix })
}
