import { useNavigate, useSearch } from '@tanstack/react-router'
import { Count } from '../../kit/count.tsx'
import { Page } from '../../kit/page.tsx'
import { Tabs } from '../../kit/tabs.tsx'
import { EndedCalls } from './ended-calls.tsx'
import { OpenCalls } from './open-calls.tsx'
import { useOpenCalls } from './use-open-calls.ts'

/** Every call of the workspace: those that have ended, and those that are on their way. */
export function UsagePage() {
  const search = useSearch({ from: '/signed-in/framed/usage' })
  const navigate = useNavigate()
  const { data } = useOpenCalls()
  return (
    <Page title="Usage" about="Every call that an agent made: what it did, on which account, and how it ended.">
      <Tabs
        label="Which calls"
        value={search.view ?? 'ended'}
        onChange={view => void navigate({ to: '/usage', search: view === 'open' ? { view } : {} })}
        tabs={[
          { value: 'ended', label: 'Ended', content: <EndedCalls search={search} /> },
          {
            value: 'open',
            label: (
              <>
                On their way
                <Count value={data?.items.length ?? 0} of="calls" />
              </>
            ),
            content: <OpenCalls />,
          },
        ]}
      />
    </Page>
  )
}
