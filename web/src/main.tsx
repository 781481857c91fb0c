import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Problem } from './api/problem.ts'
import { ask } from './api/queries.ts'
import { Confirms } from './kit/confirm.tsx'
import { Toasts } from './kit/toast.tsx'
import { createAppRouter } from './routes.tsx'
import './styles.css'

const onError = (problem: unknown) => {
  // The session has ended elsewhere or by time: the guard of the routes sends to the sign-in.
  if (!(problem instanceof Problem) || problem.code !== 'unauthorized') return
  if (client.getQueryData(ask('GET /me').queryKey) === undefined) return
  client.clear()
  void router.invalidate()
}
const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, problem) => count < 2 && isWorthRetrying(problem),
    },
  },
})
const router = createAppRouter(client)

function isWorthRetrying(problem: unknown): boolean {
  return problem instanceof Problem && (problem.code === 'unreachable' || problem.body.retryable === true)
}

const place = document.getElementById('app')
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Toasts>
          <Confirms>
            <RouterProvider router={router} />
          </Confirms>
        </Toasts>
      </QueryClientProvider>
    </StrictMode>,
  )
}
