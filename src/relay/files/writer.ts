import type { Principal } from '../../accounts/principal.ts'
import { type Box, boxOf } from '../box.ts'

/** Who changes shared files: an agent at one of its devices, or a person, whose `device` is empty. */
export type Writer = { workspaceId: string; kind: 'agent' | 'person'; id: string; device: string }

export function agentWriter({ workspaceId, agentId, device }: Box): Writer {
  return { workspaceId, kind: 'agent', id: agentId, device }
}

/** A member, or the agent of a key. `device` counts for an agent only. */
export function writerOf(principal: Principal, device?: string): Writer {
  return principal.kind === 'agent'
    ? agentWriter(boxOf(principal, device))
    : { workspaceId: principal.workspaceId, kind: 'person', id: principal.personId, device: '' }
}

type Author = { by_kind: 'agent' | 'person'; by_id: string; by_device: string }

export const authorOf = ({ kind, id, device }: Writer): Author => ({ by_kind: kind, by_id: id, by_device: device })

/** Whether it was this writer, at this device. */
export function isBy({ kind, id, device }: Writer, { by_kind, by_id, by_device }: Author): boolean {
  return by_kind === kind && by_id === id && by_device === device
}
