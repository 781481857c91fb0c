import * as z from 'zod'
import { connector, file, tool } from '../catalog/define.ts'
import { graphApi, graphPages, microsoftAccount, microsoftInputs, microsoftUser } from './registrations/microsoft.ts'

const item = { item_id: z.string().describe('Id of a file or folder; root for the top folder') }

/** Files of Microsoft Graph v1.0: https://learn.microsoft.com/graph/api/resources/onedrive. */
export const onedrive = connector({
  name: 'OneDrive',
  about: 'Search, list, upload, download, move, share and delete files and folders of OneDrive.',
  category: 'files',
  auth: [microsoftAccount(['Files.ReadWrite.All'])],
  inputs: microsoftInputs,
  account: microsoftUser,
  api: graphApi,
  sources: { item_id: 'search_files', parent_id: 'list_folder' },
  tools: () => ({
    search_files: tool({
      about: 'Search the files and folders of my OneDrive by words in their names and content.',
      input: { query: z.string().min(1).describe('Write an apostrophe twice') },
      request:
        "GET /me/drive/root/search(q='{query}')?$top=50&$select=id,name,size,webUrl,lastModifiedDateTime,parentReference,folder,file",
      page: graphPages,
      pick: 'value',
    }),
    list_folder: tool({
      about: 'List the files and folders in a folder of my OneDrive.',
      input: item,
      request:
        'GET /me/drive/items/{item_id}/children?$top=200&$select=id,name,size,webUrl,lastModifiedDateTime,folder,file',
      page: graphPages,
      pick: 'value',
    }),
    get_file: tool({
      about: 'Read what is known of a file or folder in OneDrive: name, size, folder, link to download it.',
      input: item,
      request: 'GET /me/drive/items/{item_id}',
    }),
    // https://learn.microsoft.com/graph/api/driveitem-createuploadsession
    upload_file: tool({
      about:
        'Upload a file of any size, but no empty one, to OneDrive. Unless told otherwise a name that is taken is refused.',
      input: {
        file: file(),
        parent_id: z.string().describe('Id of the folder it goes into; root for the top folder'),
        name: z.string().min(1),
        item: z
          .strictObject({ '@microsoft.graph.conflictBehavior': z.enum(['fail', 'replace', 'rename']) })
          .optional()
          .describe('What to do when the name is taken'),
      },
      request: 'POST /me/drive/items/{parent_id}:/{name}:/createUploadSession',
      upload: {
        kind: 'resumable',
        file: 'file',
        session: { body: 'uploadUrl' },
        progress: 'expected_ranges',
        // Whole multiples of 320 KiB.
        chunkBytes: 10 * 1024 * 1024,
      },
    }),
    // https://learn.microsoft.com/graph/api/driveitem-get-content
    download_file: tool({
      about: 'Download the content of a file in OneDrive.',
      input: item,
      request: 'GET /me/drive/items/{item_id}/content',
      download: { name: 'item_id' },
    }),
    create_folder: tool({
      about: 'Make a folder in OneDrive.',
      input: {
        parent_id: z.string().describe('Id of the folder it goes into; root for the top folder'),
        name: z.string().min(1),
        folder: z.strictObject({}).describe('Always {}'),
      },
      request: 'POST /me/drive/items/{parent_id}/children',
    }),
    move_file: tool({
      about: 'Rename a file or folder of OneDrive, or move it into another folder.',
      input: {
        ...item,
        name: z.string().min(1).optional(),
        parentReference: z.strictObject({ id: z.string() }).optional().describe('Id of the new folder'),
      },
      request: 'PATCH /me/drive/items/{item_id}',
      idempotency: 'natural',
    }),
    share_file: tool({
      about: 'Make a link that shares a file or folder of OneDrive. The same link is given again if there is one.',
      input: {
        ...item,
        type: z.enum(['view', 'edit']),
        scope: z
          .enum(['anonymous', 'organization'])
          .optional()
          .describe('anonymous lets everybody in who has the link'),
      },
      request: 'POST /me/drive/items/{item_id}/createLink',
      idempotency: 'natural',
    }),
    delete_file: tool({
      about: 'Delete a file or folder of OneDrive: it goes into the recycle bin.',
      input: item,
      request: 'DELETE /me/drive/items/{item_id}',
    }),
  }),
})
