import type { Route } from './route.ts'

export const approvalRoutes: readonly Route[] = []
