import { connectionRoutes } from './connections.ts'
import type { Route } from './route.ts'
import { systemRoutes } from './system.ts'
import { toolRoutes } from './tools.ts'
import { usageRoutes } from './usage.ts'

/** Every REST operation, in the order of the documentation. */
export const restRoutes: readonly Route[] = [...systemRoutes, ...toolRoutes, ...usageRoutes, ...connectionRoutes]
