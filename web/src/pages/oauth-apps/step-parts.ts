import { type Registration, scopesOf } from './oauth-app.ts'

/** A step at the provider, taken apart for showing it. */
export type StepParts = {
  /** The sentence; a part that is a `url` is a link. */
  text: readonly ({ words: string } | { url: string })[]
  /** What is to be entered there exactly, to be copied. */
  copies: readonly { label: string; text: string }[]
}

/**
 * Takes a step apart: addresses become links, and the redirect URI and the scopes become texts to copy below it. Pure.
 * @param step as the server filled it in
 */
export function stepParts(step: string, registration: Registration): StepParts {
  const scopes = scopesOf(registration)
  const asked = scopes.join(' ')
  const told = [
    { told: registration.redirectUri, label: 'redirect URI', text: registration.redirectUri },
    { told: asked, label: 'scopes', text: scopes.join('\n') },
  ].filter(each => each.told && step.includes(each.told))
  const sentence = told.reduce((text, each) => pointBelow(text, each.told), step)
  return {
    text: sentence.split(/(https:\/\/[^\s,]*[^\s,.:;)])/).flatMap((part, index) => {
      if (part === '') return []
      return [index % 2 ? { url: part } : { words: part }]
    }),
    copies: told.map(({ label, text }) => ({ label, text })),
  }
}

/** At the end of a sentence such a text is left out; in its middle the words need something in its place. */
function pointBelow(sentence: string, told: string): string {
  const open = sentence.replace(/\.$/, '')
  return open.endsWith(told) ? open.slice(0, -told.length).trimEnd() : sentence.replace(told, '(below)')
}

/** The sentence alone, short: of an address only the host. */
export function wordsOf({ text }: StepParts): string {
  const words = text.map(part => ('url' in part ? new URL(part.url).host : part.words)).join('')
  return words.replace(/:$/, '')
}
