import { inspect } from 'node:util'

export const mask = '•••'

/**
 * A secret text that cannot be printed by accident: templates, JSON, `console.log` and loggers all show `•••`.
 * Only `reveal()` gives the text, so a search for that word finds every place that handles one.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [inspect.custom](): string {
    return mask
  }
}

const keyPattern = /\bcllk_(live|test)_[A-Za-z0-9_-]+/g
const bearerPattern = /\b(Bearer|Basic)(\s+|%20)[A-Za-z0-9._~+/=-]{8,}/gi

const callbackPattern = /(\/hooks\/calls\/call_[0-9a-f]{32}\/)[A-Za-z0-9_-]{43}/g

/** Blanks ClawLink keys, callback tokens and authorization values in a text on its way out. The last net, not the first. */
export function blankSecrets(text: string): string {
  if (!text.includes('cllk_') && !text.includes('/hooks/') && !/\b(bearer|basic)\b/i.test(text)) return text
  return text
    .replace(keyPattern, `cllk_$1_${mask}`)
    .replace(callbackPattern, `$1${mask}`)
    .replace(bearerPattern, `$1 ${mask}`)
}
