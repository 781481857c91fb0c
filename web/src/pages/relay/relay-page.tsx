import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ask } from '../../api/queries.ts'
import { Badge } from '../../kit/badge.tsx'
import { Page } from '../../kit/page.tsx'
import { Tabs } from '../../kit/tabs.tsx'
import { AgentList } from './agent-list.tsx'
import { BroadcastList } from './broadcast-list.tsx'
import { DeadLetterList } from './dead-letter-list.tsx'
import { FileList } from './file-list.tsx'
import { TaskList } from './task-list.tsx'

/** How many are counted, and how often. */
const counted = { limit: 20, everyMs: 10_000 }

/** How agents work with each other: who is there, and what they give each other to do, tell and share. */
export function RelayPage() {
  const { view = 'agents' } = useSearch({ from: '/signed-in/framed/relay' })
  const navigate = useNavigate()
  return (
    <Page
      title="Relay"
      about="Agents with each other: who is there, and what they give each other to do, tell and share. What they say is their own; ClawLink has not checked it."
    >
      <Tabs
        label="Views"
        value={view}
        onChange={chosen => void navigate({ to: '/relay', search: { view: chosen } })}
        tabs={[
          { value: 'agents', label: 'Agents', content: <AgentList /> },
          { value: 'tasks', label: <TasksLabel />, content: <TaskList /> },
          { value: 'broadcasts', label: 'Broadcasts', content: <BroadcastList /> },
          { value: 'files', label: 'Shared files', content: <FileList /> },
          { value: 'dead-letters', label: <DeadLettersLabel />, content: <DeadLetterList /> },
        ]}
      />
    </Page>
  )
}

function TasksLabel() {
  const { data } = useQuery({
    ...ask('GET /relay/tasks', { query: { state: 'open', limit: counted.limit } }),
    refetchInterval: counted.everyMs,
  })
  return (
    <>
      Tasks
      {data && data.items.length > 0 && (
        <Badge tone="sea">
          {data.items.length}
          {data.next && '+'} <span className="sr-only">open</span>
        </Badge>
      )}
    </>
  )
}

function DeadLettersLabel() {
  const { data } = useQuery({
    ...ask('GET /relay/dead-letters', { query: { limit: counted.limit } }),
    refetchInterval: counted.everyMs,
  })
  return (
    <>
      Dead letters
      {data && data.items.length > 0 && (
        <Badge tone="bad">
          {data.items.length}
          {data.next && '+'}
        </Badge>
      )}
    </>
  )
}
