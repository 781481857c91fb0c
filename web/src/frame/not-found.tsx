import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonStyle } from '../kit/button-style.ts'
import { EmptyState } from '../kit/empty-state.tsx'
import { useDocumentTitle } from '../kit/page.tsx'

/** There is no such page, or no such thing on it. */
export function NotFound() {
  useDocumentTitle('Not found')
  return (
    <main className="grid min-h-[70dvh] place-items-center">
      <EmptyState
        heading="h1"
        icon={Compass}
        title="There is nothing here"
        action={
          <Link to="/" className={buttonStyle('primary')}>
            Go to Home
          </Link>
        }
      >
        The address may be mistyped, or what it led to is gone.
      </EmptyState>
    </main>
  )
}
