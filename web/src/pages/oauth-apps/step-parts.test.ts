import { expect, test } from 'vitest'
import { stepParts, wordsOf } from './step-parts.ts'

const registration = {
  slug: 'acme',
  name: 'Acme',
  console: 'https://acme.example/apps',
  steps: [],
  warnings: [],
  acceptsFile: null,
  redirectUri: 'http://127.0.0.1:9077/connect/callback',
  providers: [
    { slug: 'acme_mail', name: 'Acme Mail', scopes: ['email', 'mail.read'] },
    { slug: 'acme_files', name: 'Acme Files', scopes: ['email', 'files.read'] },
  ],
  apps: 0,
}

test('addresses become links, without the full stop that ends the sentence', () => {
  expect(stepParts('Open https://acme.example/apps, go to https://acme.example/new.', registration)).toEqual({
    text: [
      { words: 'Open ' },
      { url: 'https://acme.example/apps' },
      { words: ', go to ' },
      { url: 'https://acme.example/new' },
      { words: '.' },
    ],
    copies: [],
  })
})

test('in short, an address is its host', () => {
  expect(wordsOf(stepParts('Open https://acme.example/apps/new and go on.', registration))).toBe(
    'Open acme.example and go on.',
  )
})

test('the redirect URI at the end of a step stands below it', () => {
  const parts = stepParts(`Add exactly: ${registration.redirectUri}`, registration)
  expect(parts.text).toEqual([{ words: 'Add exactly:' }])
  expect(wordsOf(parts)).toBe('Add exactly')
  expect(parts.copies).toEqual([{ label: 'redirect URI', text: registration.redirectUri }])
})

test('in the middle of one, the sentence points below', () => {
  expect(wordsOf(stepParts(`Enter ${registration.redirectUri} and save.`, registration))).toBe(
    'Enter (below) and save.',
  )
})

test('scopes stand below, one in each line and each once', () => {
  const parts = stepParts('Choose email mail.read files.read', registration)
  expect(wordsOf(parts)).toBe('Choose')
  expect(parts.copies).toEqual([{ label: 'scopes', text: 'email\nmail.read\nfiles.read' }])
})

test('a provider without scopes or redirect URI leaves each step as it is', () => {
  const bare = { ...registration, redirectUri: '', providers: [] }
  expect(stepParts('Press Create.', bare)).toEqual({ text: [{ words: 'Press Create.' }], copies: [] })
})
