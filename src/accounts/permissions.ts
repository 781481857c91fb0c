import type { Role } from '../db/schema.ts'
import type { Principal } from './principal.ts'

type Permission = {
  about: string
  roles: readonly Role[]
  /** Whether an agent's key may too; `if_scoped`: only when its scope says so; `unless_scoped`: but when its scope says no. */
  keys: boolean | 'if_scoped' | 'unless_scoped'
}

const everyone = ['owner', 'admin', 'member'] as const
const admins = ['owner', 'admin'] as const

/** Who may do what in a workspace. Routes name one of these; the tests and the documentation derive from this table. */
export const permissions = {
  'tools.read': { about: 'Search and describe tools.', roles: everyone, keys: true },
  'calls.make': { about: 'Preview and call tools, as far as scope and policy allow.', roles: [], keys: true },
  'calls.read': { about: 'See calls and the usage record; a key sees its own agent’s.', roles: everyone, keys: true },
  'calls.cancel': { about: 'Cancel calls that have not ended; a key its own agent’s.', roles: everyone, keys: true },
  'connections.read': { about: 'See connections.', roles: everyone, keys: true },
  'connections.ask': {
    about: 'Ask a person to connect or reconnect an app, and see how that stands.',
    roles: everyone,
    keys: true,
  },
  'connections.change': { about: 'Add and remove connections.', roles: everyone, keys: 'if_scoped' },
  'oauth_apps.read': {
    about: 'See the OAuth apps of the workspace, never their secrets.',
    roles: everyone,
    keys: false,
  },
  'oauth_apps.change': { about: 'Add, change and remove OAuth apps.', roles: admins, keys: false },
  'events.read': {
    about: 'See what happened, which endpoints are told of it, and how the deliveries to them stand.',
    roles: everyone,
    keys: false,
  },
  'events.manage': {
    about: 'Add, change, test and remove endpoints, and replay deliveries.',
    roles: admins,
    keys: false,
  },
  'relay.use': {
    about: 'Be found by other agents, and send, receive and delegate.',
    roles: [],
    keys: 'unless_scoped',
  },
  'relay.read': {
    about: 'See agents, tasks and what could not be delivered; a key sees its own agent’s.',
    roles: everyone,
    keys: 'unless_scoped',
  },
  'relay.manage': {
    about: 'Add and remove remote agents; deliver again or discard what could not be delivered.',
    roles: admins,
    keys: false,
  },
  'shared_files.change': {
    about: 'Write, restore and delete shared files, and say that one is editing them.',
    roles: admins,
    keys: 'unless_scoped',
  },
  'workspace.read': { about: 'See the workspace.', roles: everyone, keys: true },
  'workspace.change': { about: 'Rename the workspace and change its settings.', roles: admins, keys: false },
  'members.read': { about: 'See members.', roles: everyone, keys: false },
  'members.change': {
    about: 'Invite and remove members and change roles, up to one’s own.',
    roles: admins,
    keys: false,
  },
  'agents.read': { about: 'See agents and their keys, never the keys themselves.', roles: everyone, keys: false },
  'agents.pair': { about: 'Pair agents, make keys, and end one’s own.', roles: everyone, keys: false },
  'agents.manage': { about: 'Change and end everybody’s agents and keys.', roles: admins, keys: false },
  'policy.read': { about: 'See the rules and ask which one decides.', roles: everyone, keys: false },
  'policy.change': { about: 'Change the rules.', roles: admins, keys: false },
  'approvals.read': { about: 'See what waits for approval.', roles: everyone, keys: false },
  'approvals.decide': { about: 'Approve or deny a call.', roles: everyone, keys: false },
  'audit.read': { about: 'Read and verify the audit record.', roles: admins, keys: false },
} as const satisfies Record<string, Permission>

export type PermissionName = keyof typeof permissions

/** Whether this principal has this permission. Pure. */
export function isAllowed(principal: Principal, name: PermissionName): boolean {
  const { roles, keys }: Permission = permissions[name]
  if (principal.kind === 'member') return roles.includes(principal.role)
  if (keys === 'unless_scoped') return principal.scope.relay !== false
  return keys === 'if_scoped' ? principal.scope.manageConnections === true : keys
}
