import { plainHeaders } from '../answer.ts'

/** Everything comes from our own origin, nothing is inline, nobody frames us. */
const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
}

const unused = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']

/** The headers of every HTML page. */
export const pageHeaders = {
  ...plainHeaders,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': unused.map(name => `${name}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** The headers of a file beside the pages. The name of a hashed one changes with its content, so it is kept for ever. */
export function fileHeaders(type: string, isHashed: boolean) {
  return {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
  }
}
