import { useMutation } from '@tanstack/react-query'
import { Button } from '../../kit/button.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { signInElsewhere } from '../../session/sign-in-elsewhere.ts'

type Props = { label: string; invitation?: string | undefined; to?: string | undefined }

/** Signing in at the OpenID provider that this ClawLink knows. @param props `invitation` is accepted by it, `to` opened after it */
export function Elsewhere({ label, invitation, to }: Props) {
  const go = useMutation({ mutationFn: () => signInElsewhere({ invitation, to }) })
  return (
    <div className="flex flex-col gap-5">
      <div className="flex items-center gap-3 text-faint text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </div>
      {go.error && <ProblemNote problem={go.error} />}
      <Button onClick={() => go.mutate()} busy={go.isPending}>
        Continue with {label}
      </Button>
    </div>
  )
}
