import type { Route } from './route.ts'

export const pairingRoutes: readonly Route[] = []
