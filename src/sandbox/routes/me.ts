import { ok } from '../answer.ts'
import type { Route } from '../router.ts'

export const meRoutes: Route[] = [
  {
    method: 'GET',
    path: '/me',
    scope: null,
    answer: ({ account: { id, name, email }, scopes }) => ok({ id, name, email, scopes }),
  },
]
