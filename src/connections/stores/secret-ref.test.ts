import { expect, test } from 'vitest'
import { parseSecretRef } from './secret-ref.ts'

test.each([
  ['env:STRIPE_KEY', { store: 'env', name: 'STRIPE_KEY' }],
  ['file:stripe', { store: 'file', name: 'stripe' }],
  ['file:apps/stripe.json', { store: 'file', name: 'apps/stripe.json' }],
  ['vault:apps/stripe#key', { store: 'vault', path: ['apps', 'stripe'], key: 'key' }],
  ['vault:apps/stripe', { store: 'vault', path: ['apps', 'stripe'], key: undefined }],
])('%s is read', (text, ref) => {
  expect(parseSecretRef(text)).toEqual(ref)
})

test.each([
  '',
  'STRIPE_KEY',
  'env:',
  'env:stripe',
  'env:A B',
  'env:../A',
  'file:',
  'file:/etc/passwd',
  'file:../x',
  'file:a/../../x',
  'file:a//b',
  'file:a\\b',
  'file:a\nb',
  'vault:#key',
  'vault:../sys/seal',
  'vault:a/./b',
  'vault:a#',
  'vault:a#b#c',
  'https://example.com/',
  `env:${'A'.repeat(501)}`,
])('%j is none', text => {
  expect(parseSecretRef(text)).toMatchObject({ code: 'validation_error' })
})
