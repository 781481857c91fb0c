import { X509Certificate } from 'node:crypto'
import type { Auth } from '../catalog/define.ts'
import type { InvalidField } from '../core/errors.ts'
import { readPrivateKey, readSigningKey } from './oauth/read-private-key.ts'

/** What is wrong with the private key or the certificate among these parts, where the way has any. Pure. */
export function keyProblems(auth: Auth, parts: Readonly<Record<string, string>>): InvalidField[] {
  if (auth.kind === 'jwt_bearer') {
    const field = auth.key ?? 'private_key'
    return readSigningKey(parts[field] ?? '')
      ? []
      : [{ field: auth.file?.field ?? field, problem: 'holds no private key (PEM)' }]
  }
  if (auth.kind !== 'mtls') return []
  const { certificate = '', private_key = '', passphrase } = parts
  const key = readPrivateKey(private_key, passphrase)
  const known = certificateOf(certificate)
  if (!known) return [{ field: 'certificate', problem: 'is not a certificate (PEM)' }]
  if (!key) return [{ field: 'private_key', problem: 'is not a private key (PEM), or its passphrase is another one' }]
  return known.checkPrivateKey(key) ? [] : [{ field: 'private_key', problem: 'does not belong to the certificate' }]
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}
