import { isId } from '../core/ids.ts'

/** What is wrong with a label that a person chose for a connection, in a sentence, or undefined. */
export function labelProblem(label: string): string | undefined {
  if (!label.trim() || label.length > 80 || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(label))
    return 'A label is 1 to 80 printable characters.'
  return isId('conn', label.trim()) ? 'A label must not look like the id of a connection.' : undefined
}
