/** Controls, line separators, and the marks that turn the direction of text around, so that it reads as something else. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u

/** What joins, picks or shapes the characters around it, in emoji and in scripts that need it: seen by what it does there. */
const shaping = '\\u180b-\\u180f\\u200c\\u200d\\ufe00-\\ufe0f\\u{e0020}-\\u{e007f}\\u{e0100}-\\u{e01ef}'
/** What takes no room on a screen (UAX 44), so that two names look like one; what shapes, where it stands after plain ASCII. */
const unseen = new RegExp(`(?![${shaping}])\\p{DI}|(?<=^|[\\x20-\\x7e])[${shaping}](?!\\u20e3)`, 'u')

/** As nearly every name is: each message of the relay has one. */
const ascii = /^[\x20-\x7e]*$/

/** Whether a text can be shown as it is, on one line: not empty, at most `lengthMax` characters, and nothing in it that deceives. */
export function isPlainText(text: string, lengthMax: number): boolean {
  if (text.length > lengthMax || text.trim() === '') return false
  return ascii.test(text) || (!deceptive.test(text) && !unseen.test(text))
}
