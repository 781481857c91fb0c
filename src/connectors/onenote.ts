import * as z from 'zod'
import { connector, tool } from '../catalog/define.ts'
import { graphApi, graphPages, microsoftAccount, microsoftInputs, microsoftUser } from './registrations/microsoft.ts'

const section = { section_id: z.string() }

/** OneNote in Microsoft Graph v1.0: https://learn.microsoft.com/graph/api/resources/onenote-api-overview. */
export const onenote = connector({
  name: 'OneNote',
  about: 'Read the notebooks, sections and pages of OneNote, and make new notebooks and sections.',
  category: 'notes',
  auth: [microsoftAccount(['Notes.ReadWrite'])],
  inputs: microsoftInputs,
  account: microsoftUser,
  api: graphApi,
  sources: { notebook_id: 'list_notebooks', section_id: 'list_sections', page_id: 'list_pages' },
  tools: () => ({
    list_notebooks: tool({
      about: 'List my notebooks in OneNote with their ids.',
      input: {},
      request: 'GET /me/onenote/notebooks?$select=id,displayName,lastModifiedDateTime',
      page: graphPages,
      pick: 'value',
    }),
    list_sections: tool({
      about: 'List the sections of a notebook in OneNote.',
      input: { notebook_id: z.string() },
      request: 'GET /me/onenote/notebooks/{notebook_id}/sections?$select=id,displayName,lastModifiedDateTime',
      page: graphPages,
      pick: 'value',
    }),
    list_pages: tool({
      about: 'List the pages (notes) of a section in OneNote, last changed first.',
      input: section,
      request:
        'GET /me/onenote/sections/{section_id}/pages?$top=100&$orderby=lastModifiedDateTime%20desc&$select=id,title,createdDateTime,lastModifiedDateTime',
      page: graphPages,
      pick: 'value',
    }),
    get_page: tool({
      about: 'Read what is known of a page (note) in OneNote: title, dates and links to open it. Not its text.',
      input: { page_id: z.string() },
      request: 'GET /me/onenote/pages/{page_id}',
    }),
    create_notebook: tool({
      about: 'Make a new notebook in OneNote. Its name must not be taken.',
      input: { displayName: z.string().min(1) },
      request: 'POST /me/onenote/notebooks',
    }),
    create_section: tool({
      about: 'Make a new section in a notebook of OneNote. Its name must not be taken there.',
      input: { notebook_id: z.string(), displayName: z.string().min(1) },
      request: 'POST /me/onenote/notebooks/{notebook_id}/sections',
    }),
  }),
})
