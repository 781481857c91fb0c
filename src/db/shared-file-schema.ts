/** One state of a shared file. Only `latest` and `expires_at` ever change. */
export type SharedFileVersionRow = {
  workspace_id: string
  key: string
  /** Counts up from 1. */
  version: number
  /** 1 for the present one of its key. */
  latest: number
  change: 'put' | 'merge' | 'restore' | 'delete'
  /** Where its content is: a row of `files` that is `shared`, by other versions too. Empty when it was deleted. */
  file_id: string
  bytes: number
  sha256: string
  media_type: string
  /** The version that it was made of; 0 for none. */
  base_version: number
  /** The version whose content it has again; 0 unless it was restored. */
  restored_from: number
  by_kind: 'agent' | 'person'
  by_id: string
  by_device: string
  at: number
  /** When it is forgotten; null for the present one, unless that says that the file was deleted. */
  expires_at: number | null
}

/** Who says to be editing a shared file, which need not be there yet. */
export type SharedFileLeaseRow = {
  workspace_id: string
  key: string
  by_kind: 'agent' | 'person'
  by_id: string
  by_device: string
  note: string
  expires_at: number
}

/** The tables of shared files. */
export type SharedFileTables = {
  shared_file_versions: SharedFileVersionRow
  shared_file_leases: SharedFileLeaseRow
}
