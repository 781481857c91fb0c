import { Fault } from '../../core/errors.ts'

/** Where a credential is kept outside of ClawLink, in the words of `secretRef`. */
export type SecretRef =
  | { store: 'env'; name: string }
  | { store: 'file'; name: string }
  | { store: 'vault'; path: string[]; key: string | undefined }

const secretRefForms = ['env:NAME', 'file:name', 'vault:path#key', 'vault:path']

/** Reads a reference such as `env:STRIPE_KEY`, `file:stripe/key` or `vault:apps/stripe#key`. Pure. */
export function parseSecretRef(text: string): SecretRef | Fault {
  const [, store, rest = ''] = /^(env|file|vault):(.{1,500})$/.exec(text) ?? []
  if (store === 'env') return /^[A-Z0-9_]+$/.test(rest) ? { store, name: rest } : wrong('is CAPITALS, digits and _')
  if (store === 'file') return isPath(rest) ? { store, name: rest } : wrong('is a path below the folder, without ..')
  if (store !== 'vault') return wrong(`has one of these forms: ${secretRefForms.join(', ')}`)
  const [path = '', key, ...more] = rest.split('#')
  if (!isPath(path) || key === '' || more.length) return wrong('is vault:path#key, without ..')
  return { store, path: path.split('/'), key }
}

/** Names between slashes that lead downwards only. */
function isPath(text: string): boolean {
  return /^[^\\\p{Cc}]+$/u.test(text) && text.split('/').every(name => name !== '' && name !== '.' && name !== '..')
}

function wrong(problem: string): Fault {
  return new Fault('validation_error', `This is not a reference to a secret: it ${problem}.`, {
    invalidFields: [{ field: 'secretRef', problem }],
    fix: `Use one of ${secretRefForms.join(', ')}. docs/connections.md tells what each reads.`,
  })
}
