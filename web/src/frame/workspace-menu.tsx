import { ChevronsUpDown, Plus } from 'lucide-react'
import { useState } from 'react'
import { Menu } from '../kit/menu.tsx'
import { useMe, useWorkspace } from '../session/use-me.ts'
import { NewWorkspace } from './new-workspace.tsx'
import { openWorkspace } from './open-workspace.ts'

/** Shows which workspace this is, and changes to another one. */
export function WorkspaceMenu() {
  const { workspaces } = useMe()
  const workspace = useWorkspace()
  const [adding, setAdding] = useState(false)
  return (
    <>
      <Menu
        label="Workspace:"
        align="start"
        className="-ml-2 flex h-9 min-w-0 items-center gap-1.5 rounded-lg px-2 font-medium text-sm transition-colors hover:bg-hover"
        items={[
          {
            choice: 'Workspaces',
            value: workspace.id,
            options: workspaces.map(({ id, name }) => ({ value: id, label: name })),
            onChoose: openWorkspace,
          },
          'line',
          { label: 'New workspace…', icon: Plus, onSelect: () => setAdding(true) },
        ]}
      >
        <span className="truncate">{workspace.name}</span>
        <ChevronsUpDown className="size-3.5 shrink-0 text-faint" aria-hidden />
      </Menu>
      <NewWorkspace open={adding} onClose={() => setAdding(false)} />
    </>
  )
}
