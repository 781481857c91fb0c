import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useMe, workspaceOf } from '../session/use-me.ts'
import { Mark } from './brand.tsx'
import { PersonMenu } from './person-menu.tsx'
import { PhoneNavigation } from './phone-navigation.tsx'
import { SideNavigation } from './side-navigation.tsx'
import { WorkspaceMenu } from './workspace-menu.tsx'

const NoWorkspace = lazy(() => import('./no-workspace.tsx'))

/** What is around every page of a workspace: navigation, the workspace, the person. */
export function Frame() {
  const workspace = workspaceOf(useMe())
  if (!workspace) {
    return (
      <Suspense>
        <NoWorkspace />
      </Suspense>
    )
  }
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="-translate-y-20 fixed top-2 left-2 z-50 rounded-lg bg-ink px-4 py-2 font-medium text-on-ink text-sm focus:translate-y-0"
      >
        Skip to the page
      </a>
      <SideNavigation />
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-20 border-line border-b bg-paper">
          <div className="mx-auto flex h-14 w-full max-w-5xl items-center justify-between gap-3 px-4 sm:px-6 lg:px-8">
            <div className="flex min-w-0 items-center gap-3.5">
              <Mark className="size-6 shrink-0 md:hidden" />
              <WorkspaceMenu />
            </div>
            <PersonMenu />
          </div>
        </header>
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-5xl flex-1 px-4 pt-6 pb-24 outline-none sm:px-6 md:pb-12 lg:px-8 lg:pt-8"
        >
          <Outlet />
        </main>
      </div>
      <PhoneNavigation />
    </div>
  )
}
