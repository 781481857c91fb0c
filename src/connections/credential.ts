import { inspect } from 'node:util'
import { mask, Secret } from '../core/secret.ts'

/** The name of the part of a credential that is one secret and nothing else. */
const only = 'secret'

/**
 * The secret parts of one connection, opened for one request. Prints as `•••`; only `reveal` and `secrets` give them away,
 * so a search for these words finds every place that handles one.
 */
export class Credential {
  readonly #parts: Readonly<Record<string, string>>
  /** Of the stored record that it was read from: tells a renewed one from the one before. */
  readonly version: number

  constructor(parts: Readonly<Record<string, string>>, version = 0) {
    this.#parts = parts
    this.version = version
  }

  reveal(part: string): string | undefined {
    return Object.hasOwn(this.#parts, part) ? this.#parts[part] : undefined
  }

  names(): string[] {
    return Object.keys(this.#parts)
  }

  /** Every text that must not be seen, such as in a provider's answer. */
  secrets(): string[] {
    return Object.values(this.#parts)
  }

  /** The same with these parts added or replaced. */
  with(parts: Readonly<Record<string, string>>): Credential {
    return new Credential({ ...this.#parts, ...parts }, this.version)
  }

  /** What the vault seals: one secret as it is, several parts as JSON. */
  sealedText(): { format: 'text' | 'parts'; text: Secret } {
    const [name, ...more] = this.names()
    if (name === only && !more.length) return { format: 'text', text: new Secret(this.#parts[only] ?? '') }
    return { format: 'parts', text: new Secret(JSON.stringify(this.#parts)) }
  }

  /** What `sealedText` gave. */
  static read(format: 'text' | 'parts', text: Secret, version: number): Credential {
    // Sealed by nobody but `sealedText`, and proven to be unchanged by its seal.
    return new Credential(format === 'text' ? { [only]: text.reveal() } : JSON.parse(text.reveal()), version)
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
