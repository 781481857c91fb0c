import type { WebSocket } from 'ws'
import type { AgentPrincipal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Fault } from '../../core/errors.ts'
import type { Box } from '../../relay/box.ts'
import type { Live } from './live.ts'

/** What both protocols need of the connection that they are spoken on. */
export type Connection = {
  app: App
  live: Live
  socket: WebSocket
  principal: AgentPrincipal
  /** The principal while its key still lasts and may use the relay. At once, while that is remembered. */
  still(): AgentPrincipal | Fault | Promise<AgentPrincipal | Fault>
  /** Whether it does. */
  mayStill(): boolean | Promise<boolean>
  /** Sends a frame. Whoever sends many asks `isReady` first, and goes on when `drained` is called. */
  say(frame: unknown): void
  isReady(): boolean
  /** To be called when something that was not said by `say` is written. */
  written(): void
  /** An error of ours: the connection ends, and the log has the cause. */
  failed(cause: unknown): void
}

/** A protocol as the connection uses it. */
export type Speaker = {
  /** Who it is, once that is known; its signs of life count from then on. */
  box(): Box | undefined
  onFrame(bytes: Buffer): void
  onPong(bytes: Buffer): void
  /** The reader has taken what was written. */
  drained(): void
  /** From time to time. */
  sweep(nowMs: number): void
  close(): Promise<void>
}

/** Close codes of RFC 6455, 7.4.1. */
export const closeCodes = { goingAway: 1001, unsupported: 1003, policy: 1008, internal: 1011 } as const

/** More than this is not written before the reader has taken some of it. */
export const writtenMax = 256 * 1024
