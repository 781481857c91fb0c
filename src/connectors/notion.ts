import * as z from 'zod'
import { apiKey, bodyCursor, connector, cursor, file, oauth2, tool } from '../catalog/define.ts'

const record = z.record(z.string(), z.unknown())
const pageId = { page_id: z.string() }
const blocks = z.array(record).max(100).describe('Notion blocks')
const sized = { page_size: z.int().min(1).max(100).optional() }
// https://developers.notion.com/reference/intro#pagination
const inQuery = cursor('start_cursor', 'next_cursor', { more: 'has_more' })
const inBody = bodyCursor('start_cursor', 'next_cursor', { more: 'has_more' })
const version = '2025-09-03'
// Of what the integration may not read, the id is all that comes.
const page = z.object({ id: z.string(), url: z.string().optional() })
const block = z.object({ id: z.string(), type: z.string().optional() })

/** Notion's API: https://developers.notion.com/reference. */
export const notion = connector({
  name: 'Notion',
  about: 'Search, read and write pages, databases and comments of a Notion workspace.',
  category: 'notes',
  auth: [
    apiKey({
      label: 'internal integration secret',
      console: 'https://www.notion.so/my-integrations',
      advice:
        'Make an internal integration that may read, update and insert content. Then open each page that agents need, ' +
        'press ••• > Connections and add it: it sees those pages and what is below them.',
      example: 'ntn_…',
    }),
    oauth2({
      label: 'Notion account',
      console: 'https://www.notion.so/my-integrations',
      authorize: 'https://api.notion.com/v1/oauth/authorize',
      authorizeParams: { owner: 'user' },
      token: 'https://api.notion.com/v1/oauth/token',
      revoke: { url: 'https://api.notion.com/v1/oauth/revoke', hint: false },
      clientAuth: 'basic',
      body: 'json',
      tokenHeaders: { 'notion-version': version },
      // Notion documents neither PKCE nor a hint, and checks the body of its token requests strictly.
      pkce: 'off',
      // What it may do is set on the integration; which pages, the person chooses.
      scopes: [],
      keep: { workspace_id: 'workspace_id', workspace: 'workspace_name', bot_id: 'bot_id' },
    }),
  ],
  account: { request: 'GET /users/me', id: 'id', label: 'bot.workspace_name' },
  api: {
    base: 'https://api.notion.com/v1',
    version,
    headers: { 'notion-version': version },
    // https://developers.notion.com/reference/status-codes
    errors: [
      { status: 403, body: ['code', 'restricted_resource'], code: 'missing_scope' },
      { status: 409, body: ['code', 'conflict_error'], code: 'conflict' },
      { status: 429, code: 'rate_limited' },
    ],
    // https://developers.notion.com/reference/request-limits
    limits: [{ requests: 3, windowS: 1 }],
    message: ['message'],
    omit: /^(request_id|developer_survey|annotations)$/,
  },
  sources: { file_upload_id: 'create_file_upload', page_id: 'search', block_id: 'search', data_source_id: 'search' },
  tools: () => ({
    search: tool({
      about: 'Search the pages and databases of Notion by their titles. The ids for the other tools come from here.',
      input: {
        query: z.string().optional(),
        filter: z.strictObject({ property: z.literal('object'), value: z.enum(['page', 'data_source']) }).optional(),
        ...sized,
      },
      request: 'POST /search',
      effect: 'read',
      page: inBody,
      pick: 'results',
      output: z.array(page),
    }),
    get_page: tool({
      about: 'Read the properties of a Notion page. Its text comes from list_blocks.',
      input: pageId,
      request: 'GET /pages/{page_id}',
      output: page,
    }),
    list_blocks: tool({
      about: 'Read the content of a Notion page: its blocks (paragraphs, headings, lists) in order.',
      input: {
        block_id: z.string().describe('Id of the page, or of a block that has children'),
        ...sized,
      },
      request: 'GET /blocks/{block_id}/children{?page_size}',
      page: inQuery,
      pick: 'results',
      output: z.array(block),
    }),
    create_page: tool({
      about: 'Make a page in Notion, below another page or as a row of a database. Each call makes another one.',
      input: {
        parent: z.union([z.strictObject({ page_id: z.string() }), z.strictObject({ data_source_id: z.string() })]),
        properties: record.describe('By name; below a page only title: {"title":[{"text":{"content":"…"}}]}'),
        children: blocks.optional(),
      },
      request: 'POST /pages',
      output: page,
    }),
    update_page: tool({
      about: 'Change the properties of a Notion page, or move it to the trash with in_trash.',
      input: { ...pageId, properties: record.optional(), in_trash: z.boolean().optional() },
      request: 'PATCH /pages/{page_id}',
      idempotency: 'natural',
      output: page,
    }),
    append_blocks: tool({
      about: 'Add content to the end of a Notion page or block. Each call adds it again.',
      input: { block_id: z.string().describe('Id of the page or block'), children: blocks.min(1) },
      request: 'PATCH /blocks/{block_id}/children',
    }),
    get_database: tool({
      about: 'Read a Notion database: its title and the ids of its data sources.',
      input: { database_id: z.string() },
      request: 'GET /databases/{database_id}',
    }),
    query_data_source: tool({
      about: 'List the rows of a Notion database, with filters and sorting. Takes the id of one of its data sources.',
      input: {
        data_source_id: z.string(),
        filter: record.optional().describe('Notion filter object'),
        sorts: z.array(record).optional(),
        ...sized,
      },
      request: 'POST /data_sources/{data_source_id}/query',
      effect: 'read',
      page: inBody,
      pick: 'results',
      output: z.array(page),
    }),
    create_comment: tool({
      about: 'Comment on a Notion page. Each call adds another comment.',
      input: {
        parent: z.strictObject({ page_id: z.string() }),
        rich_text: z.array(z.strictObject({ text: z.strictObject({ content: z.string().max(2000) }) })).min(1),
      },
      request: 'POST /comments',
      output: z.object({ id: z.string() }),
    }),
    // https://developers.notion.com/reference/file-upload
    create_file_upload: tool({
      about: 'Begin to upload a file to Notion. Then send_file_upload sends its content.',
      input: { filename: z.string().optional(), content_type: z.string().optional() },
      request: 'POST /file_uploads',
    }),
    send_file_upload: tool({
      about:
        'Send the content of a file to Notion. Then use the id of the upload within an hour, in a block or a property.',
      input: { file_upload_id: z.string(), file: file('At most 20 MiB') },
      request: 'POST /file_uploads/{file_upload_id}/send',
      upload: { kind: 'multipart', file: 'file', bytesMax: 20 * 1024 * 1024 },
    }),
    list_users: tool({
      about: 'List the people and bots of a Notion workspace.',
      input: sized,
      request: 'GET /users{?page_size}',
      page: inQuery,
      pick: 'results',
      output: z.array(z.object({ id: z.string(), name: z.string().nullable().optional() })),
    }),
  }),
})
