import { Fault } from '../core/errors.ts'
import type { FileRow } from '../db/schema.ts'

/** A file that is whole and can be read. Times in Unix milliseconds. */
export type File = {
  id: string
  workspaceId: string
  /** The agent whose it is. */
  agentId: string
  /** The call that it came of, or empty. */
  callId: string
  /** As `safeName` leaves it. */
  name: string
  mediaType: string
  bytes: number
  /** SHA-256 of its content, hex. */
  sha256: string
  createdAt: number
  expiresAt: number
}

/** Whose files are meant: of one agent, or, without one, of the whole workspace. Every principal of a workspace is one. */
export type Whose = { workspaceId: string; agentId?: string }

/** How a file is shown to callers. */
export type FileView = {
  file: string
  name: string
  mediaType: string
  bytes: number
  sha256: string
  callId: string | null
  createdAt: string
  expiresAt: string
}

export function viewOf({ id, name, mediaType, bytes, sha256, callId, createdAt, expiresAt }: File): FileView {
  return {
    file: id,
    name,
    mediaType,
    bytes,
    sha256,
    callId: callId || null,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}

export function fileOf(row: FileRow): File {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    agentId: row.agent_id,
    callId: row.call_id,
    name: row.name,
    mediaType: row.media_type,
    bytes: row.bytes,
    sha256: row.sha256,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

/** One that does not exist, one of somebody else and one whose time is over look the same. */
export function noFile(id: string): Fault {
  return new Fault('not_found', `There is no file "${id.slice(0, 100)}" that you can see, or its time is over.`, {
    fix: 'Files expire after a while. Upload it again, or repeat the call that it came from.',
  })
}
