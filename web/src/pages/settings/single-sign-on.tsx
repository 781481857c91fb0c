import { useMutation, useQuery } from '@tanstack/react-query'
import { ask } from '../../api/queries.ts'
import { Button } from '../../kit/button.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { signInElsewhere } from '../../session/sign-in-elsewhere.ts'
import { Part } from './part.tsx'

/** Linking the account at the OpenID provider; nothing where there is none. */
export function SingleSignOn() {
  const setup = useQuery(ask('GET /setup'))
  const link = useMutation({ mutationFn: () => signInElsewhere() })
  const oidc = setup.data?.oidc
  if (!oidc) return null
  return (
    <Part title="Single sign-on" about={`Sign in with ${oidc.label} besides your password.`}>
      <div className="flex flex-col gap-4">
        {link.error && <ProblemNote problem={link.error} />}
        <Button className="self-start" busy={link.isPending} onClick={() => link.mutate()}>
          Link {oidc.label}
        </Button>
      </div>
    </Part>
  )
}
