/** The requests of tools that send or bring files, as their providers' documentation has them. */
import { expect, test } from 'vitest'
import { buildCatalog } from '../catalog/catalog.ts'
import { buildRequest } from '../catalog/request.ts'
import { connectors } from './index.ts'

const file = { id: 'file_1', name: 'Plan 文.pdf', mediaType: 'application/pdf', bytes: 12, sha256: 'ab' }
const built = (name: string, args: Record<string, unknown>, baseUrls = {}) => {
  const tool = buildCatalog(connectors, baseUrls).tools.get(name)
  if (!tool) throw new Error(`there is no ${name}`)
  return buildRequest(tool, { file: file.id, ...args }, 'call_1', { cloud_id: 'c1' }, file)
}

test('Google Drive begins an upload at its upload path, and is told what will come', () => {
  expect(built('google_drive_upload_file', { name: 'Plan.pdf', parents: ['f1'] })).toMatchObject({
    method: 'POST',
    url: expect.stringMatching(/^https:\/\/www\.googleapis\.com\/upload\/drive\/v3\/files\?uploadType=resumable&/),
    headers: {
      'content-type': 'application/json',
      'x-upload-content-type': 'application/pdf',
      'x-upload-content-length': '12',
    },
    body: '{"name":"Plan.pdf","parents":["f1"]}',
  })
})

test('Dropbox gets the arguments in a header of ASCII and the content as octets, at its content host', () => {
  const request = built('dropbox_upload_file', { path: '/Plan 文.pdf', mode: 'overwrite' })
  expect(request).toMatchObject({
    url: 'https://content.dropboxapi.com/2/files/upload',
    headers: {
      'content-type': 'application/octet-stream',
      'dropbox-api-arg': '{"path":"/Plan \\u6587.pdf","mode":"overwrite"}',
    },
    upload: { before: '', after: '' },
  })
  expect(request).not.toHaveProperty('body')
  const down = built('dropbox_download_file', { file: undefined, path: 'id:1' })
  expect(down).toMatchObject({ method: 'POST', headers: { accept: '*/*', 'dropbox-api-arg': '{"path":"id:1"}' } })
  expect(down).not.toHaveProperty('body')
  expect(down).not.toHaveProperty('headers.content-type')
})

test('OneDrive makes an upload session at the path of the new file', () => {
  const item = { '@microsoft.graph.conflictBehavior': 'rename' }
  expect(built('onedrive_upload_file', { parent_id: 'root', name: 'Plan 1.pdf', item })).toMatchObject({
    url: 'https://graph.microsoft.com/v1.0/me/drive/items/root:/Plan%201.pdf:/createUploadSession',
    body: JSON.stringify({ item }),
  })
})

test('Jira lets an attachment in that says that no browser sends it', () => {
  expect(built('jira_attach_file', { issue_key: 'ENG-1' })).toMatchObject({
    url: 'https://api.atlassian.com/ex/jira/c1/rest/api/3/issue/ENG-1/attachments',
    headers: {
      'x-atlassian-token': 'no-check',
      'content-type': expect.stringContaining('multipart/form-data; boundary='),
    },
    upload: { before: expect.stringContaining('name="file"; filename="Plan 文.pdf"') },
  })
})

test('Discord gets the message as JSON in one field, beside the file', () => {
  expect(built('discord_send_file', { channel_id: '1', content: 'Look' })).toMatchObject({
    upload: {
      before: expect.stringMatching(/name="payload_json".*{"content":"Look"}.*name="files\[0\]"; filename=/s),
    },
  })
})

test('a tool with a base of its own moves along when the settings move its provider', () => {
  const moved = { dropbox: 'http://127.0.0.1:1/2', google_drive: 'http://127.0.0.1:1/drive/v3' }
  expect(built('dropbox_upload_file', { path: '/a' }, moved)).toMatchObject({
    url: 'http://127.0.0.1:1/2/files/upload',
  })
  expect(built('google_drive_upload_file', { name: 'a' }, moved)).toMatchObject({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/upload\/drive\/v3\/files\?/),
  })
})
