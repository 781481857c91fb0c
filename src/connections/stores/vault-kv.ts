import type { App } from '../../app.ts'
import { valueAt } from '../../catalog/paths.ts'
import { Fault } from '../../core/errors.ts'
import { jsonOrUndefined } from '../../core/json.ts'
import type { WireAnswer } from '../../net/wire.ts'
import type { SecretRef } from './secret-ref.ts'

/**
 * What HashiCorp Vault keeps under a path of its KV version 2 engine: all of it, or with a key that member of it alone
 * (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version).
 */
export async function readVault(app: App, { path, key }: Extract<SecretRef, { store: 'vault' }>): Promise<unknown> {
  const { vaultUrl, vaultToken, vaultMount, vaultNamespace } = app.config
  const name = path.join('/')
  if (!vaultUrl || !vaultToken) {
    return new Fault('authentication_failed', 'No Vault is set to read secrets from.', {
      fix: 'Set CLAWLINK_VAULT_URL and CLAWLINK_VAULT_TOKEN, and start ClawLink again.',
    })
  }
  const result = await app.net.send({
    method: 'GET',
    url: `${vaultUrl}/v1/${vaultMount}/data/${path.map(encodeURIComponent).join('/')}`,
    headers: {
      accept: 'application/json',
      'user-agent': 'ClawLink',
      'x-vault-request': 'true',
      ...(vaultNamespace !== undefined && { 'x-vault-namespace': vaultNamespace }),
    },
    credential: { 'x-vault-token': vaultToken.reveal() },
    redirects: 'none',
    inside: true,
  })
  if (result.kind === 'lost') {
    return new Fault('provider_unavailable', `The Vault could not be asked for ${name}. ${result.message}`, {
      fix: 'Check CLAWLINK_VAULT_URL, and that the Vault can be reached from here. Nothing was sent to the provider.',
    })
  }
  const body = jsonOrUndefined(result.body.toString('utf8'))
  if (result.status !== 200) return refusal(result, name, body)
  const found = valueAt(body, 'data.data')
  const wanted = key === undefined || found === null || found === undefined ? found : Reflect.get(Object(found), key)
  if (wanted !== undefined && wanted !== null && wanted !== '') return wanted
  return new Fault('authentication_failed', `The Vault keeps nothing under ${name}${key ? `#${key}` : ''}.`, {
    fix: 'Write it there, or reconnect with another reference.',
  })
}

function refusal({ status }: WireAnswer, name: string, body: unknown): Fault {
  if (status === 403) {
    return new Fault('authentication_failed', `The Vault does not let ClawLink read ${name}.`, {
      fix: 'Give the policy of its token `read` on this path (with `data/` after the mount), or renew the token.',
    })
  }
  // A version that was deleted or destroyed answers 404 with its own times.
  const deleted = valueAt(body, 'data.metadata.version') !== undefined
  if (status === 404) {
    return new Fault(
      'authentication_failed',
      deleted ? `The Vault’s present version of ${name} was deleted.` : `The Vault has nothing under ${name}.`,
      { fix: deleted ? 'Write a new version there, or undelete it.' : 'Check the path and CLAWLINK_VAULT_MOUNT.' },
    )
  }
  return new Fault('provider_unavailable', `The Vault answered ${status} for ${name}.`, {
    fix: status === 503 ? 'It is sealed or standing by: unseal it.' : 'See how the Vault is, then try again.',
  })
}
