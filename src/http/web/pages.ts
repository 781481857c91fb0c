/** The first segments of the web app's own addresses (web/src/routes.tsx); Home is `/`. */
export const pageSegments = [
  'setup',
  'sign-in',
  'invite',
  'pair',
  'consent',
  'connect',
  'device',
  'approvals',
  'connections',
  'agents',
  'members',
  'policy',
  'usage',
  'events',
  'relay',
  'audit',
  'settings',
] as const

/** What programs ask below these is never answered with a page. */
const programSegments = ['api', 'mcp', 'oauth', 'auth', '.well-known', 'assets']

/**
 * Whether the web app is what to show at a path: `page` where it has one, `unknown` where it can only say that there is
 * nothing, undefined where something else of ours answers. Pure.
 */
export function pageAt(path: string): 'page' | 'unknown' | undefined {
  const segment = path.split('/')[1] ?? ''
  if (programSegments.includes(segment)) return undefined
  return segment === '' || pageSegments.some(each => each === segment) ? 'page' : 'unknown'
}
