import type { Answer, Item } from '../../api/send.ts'

export type Approval = Item<'GET /approvals'>
export type ApprovalDetail = Answer<'GET /approvals/{id}'>

/** How a state is shown. */
export const stateLook = {
  pending: { label: 'Waiting', tone: 'warn' },
  approved: { label: 'Approved', tone: 'good' },
  denied: { label: 'Denied', tone: 'bad' },
  expired: { label: 'Expired', tone: 'plain' },
} as const satisfies Record<Approval['state'], { label: string; tone: string }>
