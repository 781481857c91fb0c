import {
  Activity,
  Bot,
  House,
  IdCard,
  ListChecks,
  type LucideIcon,
  Plug,
  ScrollText,
  Settings,
  ShieldCheck,
  Users,
  Waypoints,
  Zap,
} from 'lucide-react'
import type { AppPath } from '../routes.tsx'

export type Place = {
  to: AppPath
  label: string
  icon: LucideIcon
  /** Pages below it have places of their own, or are everywhere: it is only lit on this very page. */
  exact?: boolean
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
      { to: '/', label: 'Home', icon: House, exact: true, onPhone: true },
      { to: '/approvals', label: 'Approvals', icon: ShieldCheck, countsApprovals: true, onPhone: true },
    ],
  },
  {
    heading: 'Apps',
    places: [
      { to: '/connections', label: 'Connections', icon: Plug, exact: true, onPhone: true },
      { to: '/connections/apps', label: 'OAuth apps', icon: IdCard },
    ],
  },
  {
    heading: 'Agents',
    places: [
      { to: '/agents', label: 'Agents', icon: Bot, onPhone: true },
      { to: '/relay', label: 'Relay', icon: Waypoints },
      { to: '/policy', label: 'Policy', icon: ListChecks },
      { to: '/usage', label: 'Usage', icon: Activity },
      { to: '/events', label: 'Events', icon: Zap },
    ],
  },
  {
    heading: 'Workspace',
    places: [
      { to: '/members', label: 'Members', icon: Users },
      { to: '/audit', label: 'Audit', icon: ScrollText, adminsOnly: true },
      { to: '/settings', label: 'Settings', icon: Settings },
    ],
  },
]
