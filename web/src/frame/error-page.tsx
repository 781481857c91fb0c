import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { CircleAlert } from 'lucide-react'
import { Problem } from '../api/problem.ts'
import { Button } from '../kit/button.tsx'
import { buttonStyle } from '../kit/button-style.ts'
import { EmptyState } from '../kit/empty-state.tsx'
import { useDocumentTitle } from '../kit/page.tsx'

/** In place of a page that could not be shown. The navigation around it stays. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  useDocumentTitle('Something went wrong')
  const router = useRouter()
  const again = async () => {
    await router.invalidate()
    reset()
  }
  return (
    <div role="alert" className="grid min-h-[60dvh] place-items-center">
      <EmptyState
        heading="h1"
        icon={CircleAlert}
        title={error instanceof Problem ? error.message : 'This page could not be shown'}
        action={
          <>
            <Link to="/" className={buttonStyle('secondary')}>
              Go to Home
            </Link>
            <Button look="primary" onClick={again}>
              Try again
            </Button>
          </>
        }
      >
        {error instanceof Problem ? error.fix : 'The browser’s console tells more. Trying again often helps.'}
      </EmptyState>
    </div>
  )
}
