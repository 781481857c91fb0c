import type { Tool } from '../catalog/catalog.ts'

/** How long after it was first sent a write may be sent again: providers forget idempotency keys, and the world moves on. */
export const repeatableMs = 60 * 60 * 1000

/**
 * Whether a call that may have been sent, and whose answer nobody has, may be sent again under its id: a read, a natural
 * repeat, or a provider that honours the call's own key. Pure.
 */
export function mayRepeat(tool: Tool | undefined, sentAtMs: number, nowMs: number): boolean {
  if (!tool) return false
  return tool.effect === 'read' || (tool.idempotency !== 'none' && nowMs - sentAtMs < repeatableMs)
}
