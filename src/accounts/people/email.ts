/** What browsers take for an email address (HTML, 4.10.5.1.5). ASCII alone, so that lower case cannot make two into one. */
const shape =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

/** RFC 5321, 4.5.3.1.3, without the angle brackets. */
const lengthMax = 254

/** The one form in which an address is kept and looked for, or undefined when the text is none. */
export function normaliseEmail(text: string): string | undefined {
  const trimmed = text.trim()
  return trimmed.length <= lengthMax && shape.test(trimmed) ? trimmed.toLowerCase() : undefined
}
