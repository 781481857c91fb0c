import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { addedBytes, decrypt, encrypt, type Parts, partsOf } from '../core/aes-gcm.ts'
import type { KeyRing } from './key-ring.ts'

/**
 * Whose secret it is. Part of the seal (additional data), so a sealed record that was moved to another workspace, another
 * connection or an older version does not open.
 */
export type SealSubject = { workspaceId: string; connectionId: string; version: number }

export type Sealed = { ringVersion: number; text: string }

const keyBytes = 32
const wrappedBytes = keyBytes + addedBytes

/**
 * Seals a text under a fresh data key, and that key under the ring's active key. AES-256-GCM for both. Layout,
 * base64: wrapped key, then the record, each as `encrypt` gives it.
 */
export function seal(ring: KeyRing, subject: SealSubject, plaintext: string): Sealed {
  const key = randomBytes(keyBytes)
  const wrapped = encrypt(ringKey(ring, ring.active), additional(subject, 'key'), key)
  const record = encrypt(createSecretKey(key), additional(subject, 'record'), plaintext)
  key.fill(0)
  return { ringVersion: ring.active, text: Buffer.concat([wrapped, record]).toString('base64') }
}

/**
 * A record ready to be opened: its data key and its sealed parts, decoded. All of it is what the ring's keys, which are in
 * memory anyway, and the database give at any time; a credential never is in here.
 */
export type ReadyRecord = { subject: SealSubject; sealed: Sealed; key: KeyObject; additional: Buffer; parts: Parts }

/** The records that were opened lately, by their connection's id. */
export type ReadyRecords = { get(id: string): ReadyRecord | undefined; set(id: string, record: ReadyRecord): void }

/** The plaintext. Throws when the record was changed, moved, or sealed under a key that the ring does not hold. */
export function unseal(ring: KeyRing, subject: SealSubject, sealed: Sealed, lately?: ReadyRecords): string {
  let record = lately?.get(subject.connectionId)
  if (!record || !isOf(record, subject, sealed)) {
    record = readyRecord(ring, subject, sealed)
    lately?.set(subject.connectionId, record)
  }
  return decrypt(record.key, record.additional, record.parts).toString('utf8')
}

function readyRecord(ring: KeyRing, subject: SealSubject, sealed: Sealed): ReadyRecord {
  const bytes = ownBytes(sealed.text, 'base64')
  const wrapped = partsOf(bytes.subarray(0, wrappedBytes))
  const raw = decrypt(ringKey(ring, sealed.ringVersion), additional(subject, 'key'), wrapped)
  const key = createSecretKey(raw)
  raw.fill(0)
  return {
    subject,
    sealed,
    key,
    additional: additional(subject, 'record'),
    parts: partsOf(bytes.subarray(wrappedBytes)),
  }
}

/** Anything else than this very record, be it newer, moved or copied, is read anew, and fails where it has to. */
function isOf(record: ReadyRecord, subject: SealSubject, sealed: Sealed): boolean {
  return (
    record.sealed.text === sealed.text &&
    record.subject.connectionId === subject.connectionId &&
    record.subject.version === subject.version &&
    record.subject.workspaceId === subject.workspaceId
  )
}

/** The same record with its data key wrapped by the ring's active key; the secret itself is not opened. */
export function rewrap(ring: KeyRing, subject: SealSubject, sealed: Sealed): Sealed {
  const bytes = Buffer.from(sealed.text, 'base64')
  const key = decrypt(
    ringKey(ring, sealed.ringVersion),
    additional(subject, 'key'),
    partsOf(bytes.subarray(0, wrappedBytes)),
  )
  const wrapped = encrypt(ringKey(ring, ring.active), additional(subject, 'key'), key)
  key.fill(0)
  return { ringVersion: ring.active, text: Buffer.concat([wrapped, bytes.subarray(wrappedBytes)]).toString('base64') }
}

/** Unambiguous: ids hold no line breaks. */
function additional({ workspaceId, connectionId, version }: SealSubject, part: 'key' | 'record'): Buffer {
  return ownBytes(`clawlink 1\n${part}\n${workspaceId}\n${connectionId}\n${version}`, 'utf8')
}

/** Not out of Buffer's pool: what is remembered of it would keep 64 KiB in memory. */
function ownBytes(text: string, encoding: 'base64' | 'utf8'): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text, encoding))
  return bytes.subarray(0, bytes.write(text, encoding))
}

function ringKey(ring: KeyRing, version: number): KeyObject {
  const key = ring.keys.get(version)
  if (!key) throw new Error(`the key ring has no key of version ${version}`)
  return key
}
