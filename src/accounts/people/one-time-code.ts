/** Codes of authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds, which is what all of these apps can do. */
export type OneTimeCodes = {
  newSecret(): string
  /** What an app reads as a QR code (Key Uri Format). */
  uri(secret: string, email: string): string
  /** The time step that the code belongs to, one step early or late included; undefined when it fits none of them. */
  stepOf(code: string, secret: string, nowMs: number): number | undefined
}

const period = 30
const windowSteps = 1

/** Loads the library, at its first use. */
export async function oneTimeCodes(): Promise<OneTimeCodes> {
  const { Secret, TOTP } = await import('otpauth')
  const totp = (secret: string, label = '') =>
    new TOTP({ issuer: 'ClawLink', label, algorithm: 'SHA1', digits: 6, period, secret })
  return {
    newSecret: () => new Secret({ size: 20 }).base32,
    uri: (secret, email) => totp(secret, email).toString(),
    stepOf(code, secret, nowMs) {
      const delta = totp(secret).validate({ token: code, timestamp: nowMs, window: windowSteps })
      return delta === null ? undefined : Math.floor(nowMs / 1000 / period) + delta
    },
  }
}
