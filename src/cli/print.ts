import { styleText } from 'node:util'
import { errorCatalogue, type Fault } from '../core/errors.ts'
import { problemOf } from '../http/problem.ts'

const color = (format: Parameters<typeof styleText>[0], text: string, stream: NodeJS.WriteStream) =>
  styleText(format, text, { stream })

export const bold = (text: string) => color('bold', text, process.stdout)
export const dim = (text: string) => color('dim', text, process.stdout)
export const green = (text: string) => color('green', text, process.stdout)
export const yellow = (text: string) => color('yellow', text, process.stdout)
export const red = (text: string) => color('red', text, process.stdout)

export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value, 2)}\n`)
}

/**
 * JSON as a terminal can show it. What others wrote is in it, and JSON itself escapes only the older half of the characters that
 * a terminal acts on; an escape says the same (RFC 8259, 7).
 */
export function jsonText(value: unknown, indent?: number): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value, null, indent).replace(actedOn, escaped)
}

/** Control characters (C1 and DEL), and what turns lines and directions of writing. */
const actedOn = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A fault as a person reads it, on standard error: what is wrong, where, and what to do. */
export function printFault(fault: Fault, asJson: boolean): void {
  if (asJson) {
    process.stderr.write(`${jsonText(problemOf(fault), 2)}\n`)
    return
  }
  const { message, code, fix, details } = fault
  const lines = [`${color('red', 'error:', process.stderr)} ${message} ${color('dim', `(${code})`, process.stderr)}`]
  // What the catalogue says about bad fields is for those who send JSON; here the message names what to correct.
  if (fix !== errorCatalogue.validation_error.fix) lines.push(fix)
  if (details.schema !== undefined) lines.push('`clawlink tools describe <tool>` shows the arguments of a tool.')
  if (details.link !== undefined && !fix.includes(details.link)) lines.push(`Link: ${details.link}`)
  if (details.choices?.length) lines.push(`Possible: ${details.choices.join(', ')}`)
  if (details.retryAfterMs !== undefined) lines.push(`Wait: ${Math.ceil(details.retryAfterMs / 1000)} s`)
  if (details.callId !== undefined) lines.push(`Call: ${details.callId} (${details.outcome})`)
  process.stderr.write(`${lines.join('\n')}\n`)
}

/** Rows under headings, columns as wide as they need to be. The last column may be as long as it likes. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, i) => Math.max(...[heading, ...rows.map(row => row[i] ?? '')].map(columnsOf)))
  const padded = (cell: string, i: number) => cell + ' '.repeat((widths[i] ?? 0) - columnsOf(cell))
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell : padded(cell, i))).join('  ')
  process.stdout.write(`${dim(line(headings))}\n${rows.map(row => `${line(row)}\n`).join('')}`)
}

const characters = new Intl.Segmenter()
const wide = /[\p{Script=Han}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u30ff\uff01-\uff60\uffe0-\uffe6]/u

/** How many columns of a terminal it takes: two for each character of the scripts that are written in squares, and for emoji. */
export function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return [...characters.segment(text)].reduce((sum, { segment }) => sum + (wide.test(segment) ? 2 : 1), 0)
}

/** What others wrote, on one line: it must not move the cursor of this terminal or pass for what we print. */
export const plain = (words: string) => words.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')

/** The same, with its line breaks and tabs. */
export const plainLines = (words: string) =>
  words
    .split(/\r?\n/)
    .map(line => line.split('\t').map(plain).join('\t'))
    .join('\n')

/** At most `most` characters of it. */
export const shortened = (words: string, most: number) => (words.length > most ? `${words.slice(0, most - 1)}…` : words)

export function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** A date as people in any country read it. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
