import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { selfSigned } from '../../test/kit/self-signed.ts'
import { buildCatalog, type Provider } from '../catalog/catalog.ts'
import {
  type Auth,
  apiKey,
  basic,
  clientCertificate,
  clientCredentials,
  connector,
  type Fields,
  jwtBearer,
  oauth2,
} from '../catalog/define.ts'
import { Fault } from '../core/errors.ts'
import { fieldValues } from './field-values.ts'

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })

function provider(auth: Auth, more: { inputs?: Fields; base?: string; hosts?: string[] } = {}): Provider {
  const { inputs = {}, base = 'https://api.example.com', hosts } = more
  const facts = { name: 'Demo', about: 'd', account: { request: 'GET /me', id: 'id' }, tools: {} }
  const demo = connector({ ...facts, inputs, ...(hosts && { hosts }), auth: [auth], api: { base } })
  const found = buildCatalog({ demo }).providers.get('demo')
  if (!found) throw new Error('no provider')
  return found
}

const key = apiKey({ label: 'API key', header: 'x-key' })

/** Names of the fields that are wrong, or what came of it. */
function outcome(auth: Auth, given: Record<string, string>, more: Parameters<typeof provider>[1] = {}) {
  const result = fieldValues(provider(auth, more), auth, given)
  return result instanceof Fault ? result.details.invalidFields?.map(({ field }) => field) : result
}

describe('fieldValues', () => {
  test('splits what is secret from what is not', () => {
    const auth = basic({
      label: 'account',
      fields: { username: { label: 'User' }, secret: { label: 'Password', secret: true } },
    })
    const given = { site: 'acme', username: ' ann ', secret: ' pass word ' }
    expect(outcome(auth, given, { inputs: { site: { label: 'Site' } } })).toEqual({
      parts: { secret: ' pass word ' },
      values: { site: 'acme', username: 'ann' },
    })
  })

  test('fills in what stands for an empty field, and leaves out what may be empty', () => {
    const inputs: Fields = {
      region: { label: 'Region', default: 'eu' },
      note: { label: 'Note', optional: true },
      zone: { label: 'Zone', default: 'a', options: ['a', 'b'] },
    }
    expect(outcome(key, { secret: 'k', region: '', note: '  ', zone: 'b' }, { inputs })).toEqual({
      parts: { secret: 'k' },
      values: { region: 'eu', zone: 'b' },
    })
  })

  test('matches the whole value, whatever the pattern matches first', () => {
    const inputs: Fields = { site: { label: 'Site', matches: /a|ab/ } }
    expect(outcome(key, { secret: 'k', site: 'ab' }, { inputs })).toMatchObject({ values: { site: 'ab' } })
    expect(outcome(key, { secret: 'k', site: 'abc' }, { inputs })).toEqual(['site'])
  })

  test.each([
    ['nothing', {}, ['secret']],
    ['a line break', { secret: 'a\r\nb' }, ['secret']],
    ['a NUL', { secret: 'a\0b' }, ['secret']],
    ['a blank where a header carries it', { secret: 'a b' }, ['secret']],
    ['a character that is none', { secret: 'a\ud800' }, ['secret']],
    ['too much', { secret: 'a'.repeat(8193) }, ['secret']],
    ['a name that is not asked for', { secret: 'a', other: 'b' }, ['other']],
    ['a name of every object', { secret: 'a', constructor: 'b' }, ['constructor']],
  ])('refuses %s by the name of the field', (_, given, fields) => {
    expect(outcome(key, given as Record<string, string>)).toEqual(fields)
  })

  test('repeats nothing of a value in what it says', () => {
    const result = fieldValues(provider(key), key, { secret: 'planted value' })
    expect(JSON.stringify(result)).not.toContain('planted')
  })

  test.each([
    ['another host', 'acme.evil.example/', ['site']],
    ['a path', 'acme/..', ['site']],
    ['a user', 'a@b', ['site']],
  ])('refuses %s as a part of a host', (_, site, fields) => {
    const more = { base: 'https://{site}.example.com', inputs: { site: { label: 'Site' } } }
    expect(outcome(key, { secret: 'k', site }, more)).toEqual(fields)
  })

  test('refuses an address outside of the hosts of the provider, also for a way that has no fields', () => {
    const auth = oauth2({ authorize: '{url}/authorize', token: '{url}/token', scopes: [] })
    const more = { inputs: { url: { label: 'Address' } }, hosts: ['*.example.com'] }
    expect(outcome(auth, { url: 'https://a.example.com' }, more)).toMatchObject({ parts: {} })
    expect(outcome(auth, { url: 'https://example.org' }, more)).toEqual(['url'])
  })

  test('keeps a client id beside its secret', () => {
    const auth = clientCredentials({ label: 'app', token: 'https://example.com/token', scopes: [] })
    const given = { client_id: 'c', client_secret: 's' }
    expect(outcome(auth, given)).toEqual({ parts: given, values: {} })
  })
})

describe('a key file', () => {
  const auth = jwtBearer({
    label: 'service account',
    token: 'https://example.com/token',
    scopes: [],
    algorithm: 'RS256',
    claims: { iss: '{client_email}' },
    file: { field: 'key_file', parts: { client_email: 'client_email', private_key: 'private_key' } },
    fields: {
      key_file: { label: 'Key file (JSON)', secret: true, lines: true },
      subject: { label: 'User', optional: true },
    },
  })
  const file = (json: object) => ({ key_file: JSON.stringify(json) })

  test('fills the parts, and is not kept itself', () => {
    const given = { ...file({ client_email: 'a@b', private_key: pem, other: 1 }), subject: 'x' }
    expect(outcome(auth, given)).toEqual({
      parts: { client_email: 'a@b', private_key: pem },
      values: { subject: 'x' },
    })
  })

  test.each([
    ['that is no JSON', { key_file: 'no' }],
    ['that lacks a part', file({ client_email: 'a@b' })],
    ['whose key is none', file({ client_email: 'a@b', private_key: 'no' })],
  ])('%s is refused', (_, given) => {
    expect(outcome(auth, given)).toEqual(['key_file'])
  })
})

describe('a client certificate', () => {
  const auth = clientCertificate({ label: 'certificate' })
  const { key: private_key, cert: certificate } = selfSigned()

  test('is kept together with its key', () => {
    expect(outcome(auth, { certificate, private_key })).toEqual({
      parts: { certificate: certificate.trim(), private_key: private_key.trim() },
      values: {},
    })
  })

  test.each([
    ['that is none', { certificate: 'no', private_key }, ['certificate']],
    ['with something else as its key', { certificate, private_key: 'no' }, ['private_key']],
    ['with the key of another', { certificate, private_key: String(pem) }, ['private_key']],
  ])('%s is refused', (_, given, fields) => {
    expect(outcome(auth, given)).toEqual(fields)
  })
})
