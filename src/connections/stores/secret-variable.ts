import { Fault } from '../../core/errors.ts'

/** A secret from a variable that is meant for this: a reference can read no other. */
export function readSecretVariable(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string | Fault {
  const variable = `CLAWLINK_SECRET_${name}`
  return (
    environment[variable] ||
    new Fault('authentication_failed', `The variable ${variable} is not set.`, {
      fix: `Ask whoever runs ClawLink to start it with ${variable} set.`,
    })
  )
}
