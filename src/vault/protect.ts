import { Fault } from '../core/errors.ts'
import { type KeyRingSettings, keyRingSource } from './key-ring-source.ts'

/**
 * Puts the key ring file under the passphrase of the settings; nothing happens when it is already. Running servers go on;
 * they need it at their next start.
 */
export function protectKeyRing(settings: KeyRingSettings): Fault | undefined {
  const { keyringPassphrase, keyringFile } = settings
  if (!keyringPassphrase)
    return new Fault('validation_error', 'No passphrase is given.', { fix: 'Set CLAWLINK_KEYRING_PASSPHRASE.' })
  const open = keyRingSource({ keyringFile })
  const lock = open.writing?.lock()
  if (lock instanceof Fault) return lock
  try {
    const ring = open.load()
    const guarded = keyRingSource({ keyringFile, keyringPassphrase })
    if (ring instanceof Fault) {
      // Under this passphrase already, or the fault says why not.
      const protectedRing = guarded.load()
      return protectedRing instanceof Fault ? protectedRing : undefined
    }
    if (!ring)
      return new Fault('internal', `There is no key ring in the file ${keyringFile}.`, {
        fix: 'Start ClawLink once: it makes one.',
      })
    guarded.writing?.save(ring)
    return undefined
  } finally {
    lock?.release()
  }
}
