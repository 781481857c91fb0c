import * as z from 'zod'
import { connector, cursor, file, tool } from '../catalog/define.ts'
import { googleAccount, googleErrors, googleMessage, googleServiceAccount } from './registrations/google.ts'

const scopes = ['https://www.googleapis.com/auth/drive']
const fileId = { file_id: z.string() }
const role = z.enum(['reader', 'commenter', 'writer'])

/** Google Drive API v3: https://developers.google.com/workspace/drive/api/reference/rest/v3. */
export const google_drive = connector({
  name: 'Google Drive',
  about: 'Search, read, upload, download, copy, move and share files and folders of Google Drive.',
  category: 'files',
  auth: [
    googleAccount(scopes),
    googleServiceAccount(scopes, 'Then share the folders that agents need with the email of the service account.'),
  ],
  account: { request: 'GET /about?fields=user', id: 'user.permissionId', label: 'user.emailAddress' },
  api: {
    base: 'https://www.googleapis.com/drive/v3',
    version: 'v3',
    errors: googleErrors,
    message: googleMessage,
  },
  sources: { file_id: 'search_files' },
  tools: () => ({
    search_files: tool({
      about: 'Search or list files and folders in Google Drive, shared drives too.',
      input: {
        query: z
          .string()
          .min(1)
          .describe('Drive query: "name contains \'plan\' and trashed = false", "\'FOLDER_ID\' in parents"'),
      },
      request:
        'GET /files?supportsAllDrives=true&includeItemsFromAllDrives=true&pageSize=50&fields=nextPageToken,files(id,name,mimeType,parents,modifiedTime,size,webViewLink)&q={query}',
      page: cursor('pageToken', 'nextPageToken'),
      pick: 'files',
      emptyIsLeftOut: true,
    }),
    get_file: tool({
      about: 'Read what is known of a file in Google Drive: name, type, folder, owner, size, link. Not its content.',
      input: fileId,
      request:
        'GET /files/{file_id}?supportsAllDrives=true&fields=id,name,mimeType,parents,createdTime,modifiedTime,size,owners(emailAddress),webViewLink,trashed',
    }),
    export_file: tool({
      about: 'Read the content of a Google document, sheet or slides as text: export it in another format.',
      input: { ...fileId, mimeType: z.string().describe('Such as text/plain, text/markdown, text/csv') },
      request: 'GET /files/{file_id}/export{?mimeType}',
    }),
    // https://developers.google.com/workspace/drive/api/guides/manage-uploads#resumable
    upload_file: tool({
      about: 'Upload a file of any size to Google Drive. Each call makes another one, even under the same name.',
      input: {
        file: file(),
        name: z.string().min(1),
        parents: z.array(z.string()).max(1).optional().describe('Id of the folder it goes into'),
        mimeType: z
          .string()
          .optional()
          .describe('A Google type turns the file into that: application/vnd.google-apps.document'),
        description: z.string().optional(),
      },
      request:
        'POST /files?uploadType=resumable&supportsAllDrives=true&fields=id,name,mimeType,parents,size,webViewLink',
      base: 'https://www.googleapis.com/upload/drive/v3',
      upload: {
        kind: 'resumable',
        file: 'file',
        session: { header: 'location' },
        progress: 'range',
        // Whole multiples of 256 KiB.
        chunkBytes: 8 * 1024 * 1024,
        told: { mediaType: 'x-upload-content-type', bytes: 'x-upload-content-length' },
      },
    }),
    // https://developers.google.com/workspace/drive/api/guides/manage-downloads
    download_file: tool({
      about: 'Download the content of a file in Google Drive. Not of a Google document: use download_export for that.',
      input: fileId,
      request: 'GET /files/{file_id}?alt=media&supportsAllDrives=true',
      download: { name: 'file_id' },
    }),
    download_export: tool({
      about: 'Download a Google document, sheet or slides as a file of another type, such as PDF or Word. Up to 10 MB.',
      input: {
        ...fileId,
        mimeType: z
          .string()
          .describe(
            'Such as application/pdf or application/vnd.openxmlformats-officedocument.wordprocessingml.document',
          ),
      },
      request: 'GET /files/{file_id}/export{?mimeType}',
      download: { name: 'file_id' },
    }),
    create_folder: tool({
      about: 'Make a folder, or an empty Google document, in Google Drive. Each call makes another one.',
      input: {
        name: z.string().min(1),
        mimeType: z
          .enum([
            'application/vnd.google-apps.folder',
            'application/vnd.google-apps.document',
            'application/vnd.google-apps.spreadsheet',
          ])
          .describe('What to make'),
        parents: z.array(z.string()).max(1).optional().describe('Id of the folder it goes into'),
      },
      request: 'POST /files?supportsAllDrives=true',
    }),
    copy_file: tool({
      about: 'Copy a file in Google Drive, under another name or into another folder.',
      input: { ...fileId, name: z.string().optional(), parents: z.array(z.string()).max(1).optional() },
      request: 'POST /files/{file_id}/copy?supportsAllDrives=true',
    }),
    trash_file: tool({
      about: 'Move a file of Google Drive to the trash or, with trashed false, bring it back. Renames it, if told.',
      input: { ...fileId, trashed: z.boolean().optional(), name: z.string().optional() },
      request: 'PATCH /files/{file_id}?supportsAllDrives=true',
      effect: 'destructive',
      idempotency: 'natural',
    }),
    share_file: tool({
      about: 'Share a file or folder of Google Drive with a person, a group or everybody, and mail them.',
      input: {
        ...fileId,
        role,
        type: z.enum(['user', 'group', 'domain', 'anyone']),
        emailAddress: z.email().optional().describe('For a user or group'),
        domain: z.string().optional(),
      },
      request: 'POST /files/{file_id}/permissions?supportsAllDrives=true',
    }),
  }),
})
