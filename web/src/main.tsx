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
    // A ClawLink on this machine answers without the internet, so nothing waits for the browser to be online; and a yes that
    // cannot be sent is told as that, instead of being sent at some later time.
    queries: {
      networkMode: 'always',
      refetchOnReconnect: true,
      staleTime: 5_000,
      retry: (count, problem) => count < 2 && isWorthRetrying(problem),
    },
    mutations: { networkMode: 'always' },
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
