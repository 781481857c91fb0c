import { expect, test } from 'vitest'
import { Secret } from '../core/secret.ts'
import { newSigningSecret, signatureOf } from './signature.ts'

/** The example of the specification (standard-webhooks.md, signature scheme). */
const example = {
  secret: new Secret('whsec_plJ3nmyCDGBKInavdOK15jsl'),
  signed: {
    id: 'msg_loFOjxBNrRLzqYUf',
    timestamp: 1731705121,
    body: '{"event_type":"ping","data":{"success":true}}',
  },
  signature: 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
}

test('the example of the specification gives the signature that it names', () => {
  expect(signatureOf([example.secret], example.signed)).toBe(example.signature)
})

test('each secret signs, newest first, apart by a space', () => {
  const other = new Secret(newSigningSecret())
  const [first, second, ...rest] = signatureOf([other, example.secret], example.signed).split(' ')
  expect({ second, rest }).toEqual({ second: example.signature, rest: [] })
  expect(first).toBe(signatureOf([other], example.signed))
})

test('one byte more or less in id, time or body gives another signature', () => {
  const others = [{ id: 'msg_loFOjxBNrRLzqYU' }, { timestamp: 1731705122 }, { body: `${example.signed.body} ` }]
  for (const other of others)
    expect(signatureOf([example.secret], { ...example.signed, ...other })).not.toBe(example.signature)
})

test('a new secret is whsec_ and 32 bytes in base64, and no two are alike', () => {
  const [one, other] = [newSigningSecret(), newSigningSecret()]
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(one).not.toBe(other)
})
