import * as z from 'zod'
import { bodyLink, connector, tool } from '../catalog/define.ts'
import { atlassianAccount, atlassianToken } from './registrations/atlassian.ts'

// https://developer.atlassian.com/cloud/confluence/rest/v2/intro/#using-the-rest-api
const next = bodyLink('_links.next')
const page = { page_id: z.string() }
const body = z.strictObject({
  representation: z.literal('storage'),
  value: z.string().describe('XHTML in Confluence storage format: <p>…</p>'),
})
const scopes = [
  'read:page:confluence',
  'write:page:confluence',
  'delete:page:confluence',
  'read:space:confluence',
  'search:confluence',
  'read:confluence-user',
]

/** Confluence Cloud's REST API v2, and v1 where v2 has nothing: https://developer.atlassian.com/cloud/confluence/rest/v2/. */
export const confluence = connector({
  name: 'Confluence',
  about: 'Search, read, write and change the pages and spaces of Confluence Cloud.',
  category: 'notes',
  auth: [atlassianToken(scopes.join(', ')), atlassianAccount(scopes)],
  account: { request: 'GET /rest/api/user/current', id: 'accountId', label: 'displayName' },
  api: {
    base: 'https://api.atlassian.com/ex/confluence/{cloud_id}/wiki',
    version: 'v2',
    errors: [{ status: 401, body: ['message', /scope does not match/], code: 'missing_scope' }],
    message: ['errors.0.title', 'message'],
    omit: /^(_links|_expandable|icon|breadcrumbs)$/,
  },
  sources: { page_id: 'search', spaceId: 'list_spaces' },
  tools: () => ({
    search: tool({
      about: 'Search the pages and other content of Confluence with CQL.',
      input: {
        cql: z.string().min(1).describe('type = page AND text ~ "release plan" AND space = ENG'),
      },
      request: 'GET /rest/api/search{?cql}',
      page: next,
      pick: 'results',
    }),
    list_spaces: tool({
      about: 'List the spaces of Confluence with their ids and keys.',
      input: { keys: z.string().optional().describe('Only the space of this key') },
      request: 'GET /api/v2/spaces{?keys}',
      page: next,
      pick: 'results',
    }),
    get_page: tool({
      about: 'Read a page of Confluence with its text in storage format and its version number.',
      input: page,
      request: 'GET /api/v2/pages/{page_id}?body-format=storage',
    }),
    create_page: tool({
      about: 'Make a page in a Confluence space. Its title must not be taken there.',
      input: {
        spaceId: z.string(),
        status: z.enum(['current', 'draft']),
        title: z.string().min(1),
        parentId: z.string().optional().describe('Page that it goes below'),
        body,
      },
      request: 'POST /api/v2/pages',
    }),
    update_page: tool({
      about: 'Replace the title and text of a Confluence page. Refused if somebody edited it meanwhile.',
      input: {
        ...page,
        id: z.string().describe('page_id again'),
        status: z.enum(['current', 'draft']),
        title: z.string().min(1),
        body,
        version: z.strictObject({ number: z.int().min(2).describe('That of get_page plus one') }),
      },
      request: 'PUT /api/v2/pages/{page_id}',
      // The second time the version is taken, and the conflict would hide that the first time worked.
      idempotency: 'none',
    }),
    delete_page: tool({
      about: 'Delete a page of Confluence: it goes into the trash of its space.',
      input: page,
      request: 'DELETE /api/v2/pages/{page_id}',
    }),
  }),
})
