import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Panel } from '../../frame/panel.tsx'
import { buttonStyle } from '../../kit/button-style.ts'
import { Note } from '../../kit/note.tsx'
import { ProblemNote } from '../../kit/problem-note.tsx'
import { SkeletonRows } from '../../kit/skeleton.tsx'
import { NoWorkspace } from '../../scope/no-workspace.tsx'
import { useChoices } from '../../scope/use-choices.ts'
import { useWorkspaceChoice } from '../../scope/use-workspace-choice.ts'
import { DecidedPairing } from './decided-pairing.tsx'
import { askAgainMs } from './pairing.ts'
import { typedCode } from './typed-code.ts'
import { WaitingPairing } from './waiting-pairing.tsx'

/** One device that asks for a key: who it says that it is, what it asks for, and the decision. */
export function PairingPage() {
  const { id } = useParams({ from: '/signed-in/pair/$id' })
  const { code } = useSearch({ from: '/signed-in/pair/$id' })
  const pairing = useQuery({
    ...ask('GET /pairings/{id}', { params: { id } }),
    refetchInterval: ({ state: { data } }) => askAgainMs(data?.state),
  })
  const choice = useWorkspaceChoice()
  const { choices, problem } = useChoices()
  const { data } = pairing
  if (!choice.workspace)
    return (
      <Panel title="Pair this device?">
        <NoWorkspace />
      </Panel>
    )
  if (pairing.error && !data)
    return (
      <Panel title="No such pairing">
        <ProblemNote problem={pairing.error} />
        <OtherCode />
      </Panel>
    )
  if (data && code !== undefined && typedCode(code) !== data.userCode)
    return (
      <Panel title="This link does not fit together">
        <Note tone="bad" title="The code in the link is not the code of this pairing.">
          Somebody may have changed the link. Approve nothing from it: type the code that your own device shows.
        </Note>
        <OtherCode />
      </Panel>
    )
  if (data && data.state !== 'awaiting_browser') return <DecidedPairing pairing={data} />
  if (data && choices) return <WaitingPairing key={choice.workspace.id} pairing={data} choices={choices} {...choice} />
  return (
    <Panel title="Pair this device?" wide>
      {problem ? <ProblemNote problem={problem} /> : <SkeletonRows />}
    </Panel>
  )
}

function OtherCode() {
  return (
    <Link to="/pair" className={buttonStyle('primary')}>
      Type a code
    </Link>
  )
}
