import * as z from 'zod'
import { connector, cursorAt, file, oauth2, tool } from '../catalog/define.ts'

// https://www.dropbox.com/developers/documentation/http/documentation#formats: content goes to and comes from a host of its own.
const content = { base: 'https://content.dropboxapi.com/2', argsHeader: 'dropbox-api-arg' }
const rest = (request: string) => cursorAt(request, 'cursor', { more: 'has_more' })
const path = z.string().describe('/folder/file.txt, or an id: value; the top folder is ""')

/** Dropbox's API v2, in which every call is a POST: https://www.dropbox.com/developers/documentation/http/documentation. */
export const dropbox = connector({
  name: 'Dropbox',
  about: 'List, search, upload, download, move, share and delete the files and folders of Dropbox.',
  category: 'files',
  auth: [
    oauth2({
      label: 'Dropbox account',
      console: 'https://www.dropbox.com/developers/apps',
      advice: 'Make an app with scoped access, and under Permissions tick the scopes before anybody connects.',
      authorize: 'https://www.dropbox.com/oauth2/authorize',
      authorizeParams: { token_access_type: 'offline' },
      token: 'https://api.dropboxapi.com/oauth2/token',
      revoke: { url: 'https://api.dropboxapi.com/2/auth/token/revoke', by: 'bearer' },
      scopes: [
        'account_info.read',
        'files.metadata.read',
        'files.metadata.write',
        'files.content.read',
        'files.content.write',
        'sharing.write',
      ],
      lifetimeS: 14_400,
    }),
  ],
  account: { request: 'POST /users/get_current_account', body: null, id: 'account_id', label: 'email' },
  api: {
    base: 'https://api.dropboxapi.com/2',
    version: '2',
    errors: [
      { status: 401, body: ['error_summary', /^missing_scope/], code: 'missing_scope' },
      { status: 409, body: ['error_summary', /not_found/], code: 'not_found' },
      { status: 409, body: ['error_summary', /conflict/], code: 'conflict' },
      { status: 409, body: ['error_summary', /too_many_write_operations/], code: 'rate_limited', waitMs: 1000 },
      {
        status: 409,
        body: ['error_summary', /^shared_link_already_exists/],
        code: 'conflict',
        message: 'error.shared_link_already_exists.metadata.url',
      },
      {
        status: 409,
        body: ['error_summary', /no_write_permission|access_restricted|no_permission|access_denied|restricted_content/],
        code: 'permission_denied',
      },
      { status: 409, body: ['error_summary', /insufficient_space/], code: 'quota_exceeded' },
      { status: 409, code: 'validation_error' },
      { status: 429, code: 'rate_limited' },
    ],
    message: ['error_summary'],
    omit: /^(content_hash|rev|is_downloadable)$/,
  },
  sources: { path: 'search_files' },
  tools: () => ({
    list_folder: tool({
      about: 'List the files and folders in a folder of Dropbox.',
      input: { path, recursive: z.boolean().optional().describe('true for what is in its subfolders too') },
      request: 'POST /files/list_folder',
      effect: 'read',
      page: rest('POST /files/list_folder/continue'),
      pick: 'entries',
    }),
    search_files: tool({
      about: 'Search the files and folders of Dropbox by words in their names and content.',
      input: { query: z.string().min(1).max(1000) },
      request: 'POST /files/search_v2',
      effect: 'read',
      page: rest('POST /files/search/continue_v2'),
      pick: 'matches',
    }),
    get_metadata: tool({
      about: 'Read what is known of a file or folder in Dropbox: name, size, when it was changed.',
      input: { path },
      request: 'POST /files/get_metadata',
      effect: 'read',
    }),
    upload_file: tool({
      about: 'Upload a file to Dropbox. Unless told to overwrite, a name that is taken is refused.',
      input: {
        file: file('At most 150 MiB'),
        path: z.string().describe('/folder/file.txt'),
        mode: z.enum(['add', 'overwrite']).optional(),
        autorename: z.boolean().optional().describe('true takes another name if this one is taken'),
      },
      request: 'POST /files/upload',
      ...content,
      // Larger ones take an upload session there.
      upload: { kind: 'raw', file: 'file', mediaType: 'application/octet-stream', bytesMax: 150 * 1024 * 1024 },
    }),
    download_file: tool({
      about: 'Download the content of a file in Dropbox.',
      input: { path: z.string().describe('/folder/file.txt, or an id: value') },
      request: 'POST /files/download',
      ...content,
      download: { name: 'path' },
      effect: 'read',
    }),
    create_folder: tool({
      about: 'Make a folder in Dropbox.',
      input: { path, autorename: z.boolean().optional().describe('true takes another name if this one is taken') },
      request: 'POST /files/create_folder_v2',
    }),
    move_file: tool({
      about: 'Move or rename a file or folder of Dropbox.',
      input: { from_path: path, to_path: path, autorename: z.boolean().optional() },
      request: 'POST /files/move_v2',
    }),
    delete_file: tool({
      about: 'Delete a file or folder of Dropbox. It can be restored for a while, as the plan has it.',
      input: { path },
      request: 'POST /files/delete_v2',
      effect: 'destructive',
    }),
    create_shared_link: tool({
      about: 'Make a link that shares a file or folder of Dropbox with whoever has it.',
      input: { path },
      request: 'POST /sharing/create_shared_link_with_settings',
    }),
  }),
})
