import * as z from 'zod'
import { connector, tool } from '../catalog/define.ts'
import {
  googleAccount,
  googleEmailScope,
  googleErrors,
  googleMessage,
  googleServiceAccount,
  googleUser,
} from './registrations/google.ts'

const scopes = ['https://www.googleapis.com/auth/documents', googleEmailScope]
const document = { document_id: z.string().describe('From the address of the document: /d/ID/edit') }
const change = z
  .strictObject({
    insertText: z
      .strictObject({
        text: z.string(),
        location: z
          .strictObject({ index: z.int().min(1) })
          .optional()
          .describe('1 is the start'),
        endOfSegmentLocation: z.strictObject({}).optional().describe('{} for the end of the document'),
      })
      .optional(),
    replaceAllText: z
      .strictObject({
        containsText: z.strictObject({ text: z.string().min(1), matchCase: z.boolean().optional() }),
        replaceText: z.string(),
      })
      .optional(),
    deleteContentRange: z
      .strictObject({ range: z.strictObject({ startIndex: z.int().min(1), endIndex: z.int().min(2) }) })
      .optional(),
  })
  .describe('One change each')

/** Google Docs API v1: https://developers.google.com/workspace/docs/api/reference/rest. */
export const google_docs = connector({
  name: 'Google Docs',
  about: 'Read, make and edit Google documents.',
  category: 'documents',
  auth: [
    googleAccount(scopes),
    googleServiceAccount(scopes, 'Then share each document that agents need with the email of the service account.'),
  ],
  account: googleUser,
  api: {
    base: 'https://docs.googleapis.com/v1',
    // https://developers.google.com/workspace/docs/api/limits: of each person.
    limits: [
      { name: 'read', requests: 300, windowS: 60, tools: ['get_document'] },
      { name: 'write', requests: 60, windowS: 60, not: ['get_document'] },
    ],
    version: 'v1',
    errors: googleErrors,
    message: googleMessage,
    omit: /^(suggestionsViewMode|namedStyles|documentStyle|suggested.*)$/,
  },
  tools: () => ({
    get_document: tool({
      about: 'Read a Google document: title and content with the index of each part, as edit_document needs them.',
      input: document,
      request: 'GET /documents/{document_id}',
    }),
    create_document: tool({
      about: 'Make a new, empty Google document. Each call makes another one.',
      input: { title: z.string().min(1) },
      request: 'POST /documents',
    }),
    edit_document: tool({
      about: 'Edit a Google document: insert text, replace it everywhere, delete a part. All changes or none happen.',
      input: {
        ...document,
        requests: z.array(change).min(1),
        writeControl: z
          .strictObject({ requiredRevisionId: z.string() })
          .optional()
          .describe('Refused if somebody edited meanwhile: revisionId of get_document'),
      },
      request: 'POST /documents/{document_id}:batchUpdate',
    }),
  }),
})
