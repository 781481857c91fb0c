import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { LoaderCircle } from 'lucide-react'
import { ask, useSend } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { Outcome } from '../../scope/outcome.tsx'
import { ConsentForm } from './consent-form.tsx'

/** An OAuth client asks to be let in, in this browser. Either answer sends the browser back to it. */
export function ConsentPage() {
  const { uid } = useParams({ from: '/signed-in/consent/$uid' })
  const params = { uid }
  const asking = useQuery({ ...ask('GET /oauth/interactions/{uid}', { params }), staleTime: Number.POSITIVE_INFINITY })
  const goBack = ({ location }: { location: string }) => window.location.assign(location)
  const approve = useSend('POST /oauth/interactions/{uid}/approve', { onSuccess: goBack })
  const deny = useSend('POST /oauth/interactions/{uid}/deny', { onSuccess: goBack })
  if (asking.error)
    return (
      <Panel title="Nothing to decide here">
        <ProblemNote problem={asking.error} />
        <Link to="/agents" className={buttonStyle('secondary')}>
          See what is let in already
        </Link>
      </Panel>
    )
  if (approve.data || deny.data)
    return (
      <Panel title={approve.data ? 'Allowed' : 'Denied'}>
        <Outcome icon={LoaderCircle} tone="plain" spins>
          <p className="font-medium text-ink">Going back to the program…</p>
          <p>When it has your answer, you can close this page.</p>
        </Outcome>
      </Panel>
    )
  if (!asking.data)
    return (
      <Panel title="Let this program in?" wide>
        <SkeletonRows />
      </Panel>
    )
  return (
    <Panel wide title="Let this program in?" about="It would become an agent of your workspace.">
      <ConsentForm
        asking={asking.data}
        problem={approve.error ?? deny.error}
        busy={approve.isPending ? 'allow' : deny.isPending ? 'deny' : undefined}
        onAllow={body => approve.mutate({ params, body })}
        onDeny={() => deny.mutate({ params })}
      />
    </Panel>
  )
}
