import type { Route } from './route.ts'

export const consentRoutes: readonly Route[] = []
