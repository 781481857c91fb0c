import { type Flags, text } from '../settings.ts'

/** The values of an option that may be repeated or hold several, with commas between; undefined without it. */
export function wordsIn(flags: Flags, name: string): string[] | undefined {
  return text(flags, name)
    ?.split(',')
    .map(word => word.trim())
    .filter(Boolean)
}
