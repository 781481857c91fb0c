import type { Workspace } from '../../session/use-me.ts'

export type Role = Workspace['role']

const order: readonly Role[] = ['member', 'admin', 'owner']

export const rolesAbout: Record<Role, string> = {
  owner: 'Everything, and makes others owners.',
  admin: 'Members, rules, the audit record and everybody’s agents.',
  member: 'Pairs own agents, connects apps, decides about approvals.',
}

/** The roles that somebody of this role may give: up to their own. Pure. */
export function rolesBelow(own: Role): Role[] {
  return order.slice(0, order.indexOf(own) + 1)
}

/** `owner` → `Owner`. */
export const roleName = (role: Role) => role.charAt(0).toUpperCase() + role.slice(1)
