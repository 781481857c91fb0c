import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Fault } from '../../core/errors.ts'

/** Hashes passwords, a few at a time. A fault when too many wait already; nothing is known then. */
export type Passwords = {
  /** What is stored: the parameters, the salt and the hash. */
  hash(password: string): Promise<string | Fault>
  /** Whether this is the password that was stored. Where nothing is stored (`''`) the answer is no and costs the same. */
  fits(password: string, stored: string): Promise<boolean | Fault>
}

type Parameters = { N: number; r: number; p: number }

/** One of the settings that OWASP's Password Storage Cheat Sheet calls equal; this one takes 32 MB and not 128. */
const present: Parameters = { N: 2 ** 15, r: 8, p: 3 }
const saltBytes = 16
const hashBytes = 32
/** More than any stored hash may ask for. */
const memoryBytesMax = 256 * 1024 * 1024

/**
 * `parallelMax` bounds the memory and leaves threads of the pool to others; `waitingMax` bounds the wait. `cost` is that of new
 * hashes, and of a look where nothing is stored.
 */
export function createPasswords({ parallelMax = 2, waitingMax = 50, cost = present } = {}): Passwords {
  let running = 0
  const waiting: (() => void)[] = []

  async function derive(password: string, salt: Buffer, parameters: Parameters): Promise<Buffer | Fault> {
    if (running >= parallelMax) {
      if (waiting.length >= waitingMax) return busy()
      await new Promise<void>(go => waiting.push(go))
    } else running++
    try {
      return await derived(password, salt, parameters)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    async hash(password) {
      const salt = randomBytes(saltBytes)
      const made = await derive(password, salt, cost)
      return made instanceof Fault ? made : written({ ...cost, salt, hash: made })
    },
    async fits(password, stored) {
      // Random bytes that no password leads to, so that there is one path for everybody.
      const { salt, hash, ...parameters } = read(stored) ?? {
        ...cost,
        salt: randomBytes(saltBytes),
        hash: randomBytes(hashBytes),
      }
      const made = await derive(password, salt, parameters)
      return made instanceof Fault ? made : timingSafeEqual(made, hash)
    },
  }
}

/** Forms of the same characters are one password (Unicode NFKC, as NIST SP 800-63B, 3.1.1.2 says). */
function derived(password: string, salt: Buffer, parameters: Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { ...parameters, maxmem: memoryBytesMax }
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

type Stored = Parameters & { salt: Buffer; hash: Buffer }

/** `scrypt$32768$8$3$<salt>$<hash>`, base64url. */
function written({ N, r, p, salt, hash }: Stored): string {
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

function read(stored: string): Stored | undefined {
  const [scheme, N, r, p, salt = '', hash = ''] = stored.split('$')
  if (scheme !== 'scrypt') return undefined
  const bytes = Buffer.from(hash, 'base64url')
  if (bytes.length !== hashBytes) return undefined
  return { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, 'base64url'), hash: bytes }
}

function busy(): Fault {
  return new Fault('rate_limited', 'Too many people are signing in right now.', { retryAfterMs: 2000 })
}
