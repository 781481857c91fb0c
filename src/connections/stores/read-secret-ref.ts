import type { App } from '../../app.ts'
import { Fault } from '../../core/errors.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import { Credential } from '../credential.ts'
import { readSecretFile } from './secret-file.ts'
import { parseSecretRef } from './secret-ref.ts'
import { readSecretVariable } from './secret-variable.ts'
import { readVault } from './vault-kv.ts'

/**
 * The credential that a reference leads to, read just now and kept nowhere: what changes there counts at the next call. A
 * JSON object gives its members as parts, every other text is the one part `secret`. A fault says what to do, and holds
 * nothing of the secret.
 */
export async function readSecretRef(app: App, text: string): Promise<Credential | Fault> {
  const ref = parseSecretRef(text)
  if (ref instanceof Fault) return ref
  const found =
    ref.store === 'env'
      ? readSecretVariable(process.env, ref.name)
      : ref.store === 'file'
        ? await readSecretFile(app.config.secretsDir, ref.name)
        : await readVault(app, ref)
  if (found instanceof Fault) return found
  const parts = typeof found === 'string' ? (partsIn(jsonOrUndefined(found)) ?? { secret: found }) : partsIn(found)
  return parts
    ? new Credential(parts)
    : new Fault('authentication_failed', `What ${text} leads to is not a secret, nor an object of texts.`, {
        fix: 'Store one text there, or a JSON object whose members are the texts that this provider asks for.',
      })
}

/** The members of an object as texts; undefined for everything else. */
function partsIn(value: unknown): Record<string, string> | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const members = Object.entries(value)
  const fit = members.length > 0 && members.every(([, each]) => typeof each === 'string' || typeof each === 'number')
  return fit ? Object.fromEntries(members.map(([name, each]) => [name, String(each)])) : undefined
}
