import { type DestinationStream, destination, pino } from 'pino'
import { blankSecrets, mask } from './secret.ts'

/** What the code may log with. Fields first, then a plain sentence. */
export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  flush(): void
}

const secretNames = [
  'authorization',
  'cookie',
  'password',
  'passphrase',
  'secret',
  'token',
  'key',
  'apiKey',
  'credential',
  'headers',
  'body',
]

/**
 * JSON lines on standard error, or on `to`. A secret cannot get through it by three nets: `Secret` values print as `•••`,
 * fields named like a secret are censored, and each finished line is searched for keys and authorization values.
 */
export function createLog(level: string, to: DestinationStream = destination({ dest: 2, sync: true })): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: secretNames.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: mask },
      hooks: { streamWrite: blankSecrets },
    },
    to,
  )
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    flush: () => logger.flush(),
  }
}
