import { Bot, House, ListChecks, type LucideIcon, ScrollText, Settings, ShieldCheck, Users } from 'lucide-react'
import type { AppPath } from '../routes.tsx'

export type Place = {
  to: AppPath
  label: string
  icon: LucideIcon
  /** Only owners and admins may see it. */
  adminsOnly?: boolean
  /** Shows how many approvals wait. */
  countsApprovals?: boolean
  /** Also in the bar at the lower edge of phones, which has room for four. */
  onPhone?: boolean
}

/** Every page that the navigation leads to, in groups. A page that is not there yet has no place here. */
export const navigation: readonly { heading?: string; places: readonly Place[] }[] = [
  {
    places: [
      { to: '/', label: 'Home', icon: House, onPhone: true },
      { to: '/approvals', label: 'Approvals', icon: ShieldCheck, countsApprovals: true, onPhone: true },
    ],
  },
  {
    heading: 'Agents',
    places: [
      { to: '/agents', label: 'Agents', icon: Bot, onPhone: true },
      { to: '/policy', label: 'Policy', icon: ListChecks },
    ],
  },
  {
    heading: 'Workspace',
    places: [
      { to: '/members', label: 'Members', icon: Users },
      { to: '/audit', label: 'Audit', icon: ScrollText, adminsOnly: true },
      { to: '/settings', label: 'Settings', icon: Settings, onPhone: true },
    ],
  },
]
