import type { SealSubject } from '../vault/seal.ts'

/** Whose key it is, for its seal. A file never gets another one, so its version stays 1. */
export const keySubject = (workspaceId: string, fileId: string): SealSubject => ({
  workspaceId,
  connectionId: fileId,
  version: 1,
})
