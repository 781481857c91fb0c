import { newKeyRing, writeKeyRing } from '../vault/key-ring.ts'
import { keyRingSource } from '../vault/key-ring-source.ts'
import { protectKeyRing } from '../vault/protect.ts'
import { rotateVault } from '../vault/rotate.ts'
import { dim, print, printJson, yellow } from './print.ts'
import { type Flags, orExit, settingsOf, withDb } from './settings.ts'

export async function rotateCommand(flags: Flags): Promise<void> {
  const config = settingsOf(flags)
  const showProgress = process.stderr.isTTY && !flags.json
  const progress = (done: number) => showProgress && process.stderr.write(`\r${done} sealed records wrapped`)
  const rotation = await withDb(flags, db => rotateVault(db, keyRingSource(config), progress))
  if (showProgress) process.stderr.write('\r\u001b[K')
  const { ringVersion, madeKey, records, broken } = orExit(rotation, flags)
  if (flags.json) return printJson({ ringVersion, madeKey, records, broken })
  const wrapped = `${records} sealed record${records === 1 ? ' is' : 's are'} wrapped with it now.`
  if (madeKey) print(`Key ${ringVersion} of the ring is new and active; ${wrapped} Back the key ring up again.`)
  else {
    print(`Key ${ringVersion} of the ring is active; ${wrapped}`)
    print(dim('ClawLink cannot write this ring, so it made no new key. Add one, make it `active`, and run this again.'))
  }
  if (broken.length)
    print(yellow(`These do not open with any key of the ring, and were left as they are: ${broken.join(', ')}`))
}

export async function protectCommand(flags: Flags): Promise<void> {
  const fault = protectKeyRing(settingsOf(flags))
  if (fault) orExit(fault, flags)
  if (flags.json) return printJson({ protected: true })
  print('The key ring file is protected by the passphrase. From now on ClawLink needs it to start.')
}

export async function newRingCommand(_: Flags): Promise<void> {
  process.stdout.write(writeKeyRing(newKeyRing(Date.now()), undefined))
}
