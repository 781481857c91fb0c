/** Controls, line separators, and the marks that turn the direction of text around, so that it reads as something else. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u

/** Whether a text can be shown as it is, on one line: not empty, at most `lengthMax` characters, and nothing in it that deceives. */
export function isPlainText(text: string, lengthMax: number): boolean {
  return text.trim() !== '' && text.length <= lengthMax && !deceptive.test(text)
}
