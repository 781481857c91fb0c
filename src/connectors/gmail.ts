import * as z from 'zod'
import { connector, cursor, tool } from '../catalog/define.ts'
import { googleAccount, googleErrors, googleMessage } from './registrations/google.ts'

const raw = z.string().describe('The whole message as in RFC 5322, headers and text with CRLF, in Base64url')
const format = z.enum(['full', 'metadata', 'minimal']).optional().describe('full unless told')
const threadId = z
  .string()
  .optional()
  .describe('Thread to answer in; needs In-Reply-To, References and the same Subject')
const messageOut = z.object({
  id: z.string(),
  threadId: z.string(),
  labelIds: z.array(z.string()).optional(),
  snippet: z.string().optional(),
})

/** Gmail API v1: https://developers.google.com/workspace/gmail/api/reference/rest. */
export const gmail = connector({
  name: 'Gmail',
  about: 'Search, read, label, draft and send mail of a Gmail account.',
  category: 'mail',
  auth: [googleAccount(['https://www.googleapis.com/auth/gmail.modify'])],
  account: { request: 'GET /profile', id: 'emailAddress', label: 'emailAddress' },
  api: {
    base: 'https://gmail.googleapis.com/gmail/v1/users/me',
    version: 'v1',
    errors: googleErrors,
    message: googleMessage,
  },
  sources: { id: 'search_messages', threadId: 'search_messages', addLabelIds: 'list_labels' },
  tools: () => ({
    search_messages: tool({
      about: 'Search or list Gmail messages (email, inbox), newest first. Gives ids only: read each with get_message.',
      input: {
        q: z.string().optional().describe('Gmail search: "from:ada newer_than:7d is:unread has:attachment"'),
        labelIds: z.array(z.string()).optional().describe('Such as INBOX, UNREAD; a message must have them all'),
        maxResults: z.int().min(1).max(500).optional(),
      },
      request: 'GET /messages{?q,labelIds,maxResults}',
      page: cursor('pageToken', 'nextPageToken'),
      pick: 'messages',
      emptyIsLeftOut: true,
      output: z.array(messageOut),
    }),
    get_message: tool({
      about: 'Read one Gmail message (email): headers, snippet and body parts in Base64url.',
      input: { id: z.string(), format },
      request: 'GET /messages/{id}{?format}',
      output: messageOut,
    }),
    get_thread: tool({
      about: 'Read a whole Gmail conversation: every message of a thread, oldest first.',
      input: { threadId: z.string(), format },
      request: 'GET /threads/{threadId}{?format}',
      output: z.object({ id: z.string(), messages: z.array(messageOut).optional() }),
    }),
    list_labels: tool({
      about: 'List the labels of the Gmail account with their ids, own ones and those of Gmail such as INBOX.',
      input: {},
      request: 'GET /labels',
      pick: 'labels',
      output: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
    send_message: tool({
      about: 'Send a mail (email) from the Gmail account. Each call sends another one; it cannot be called back.',
      input: { raw, threadId },
      request: 'POST /messages/send',
      output: messageOut,
    }),
    create_draft: tool({
      about: 'Write a draft of a mail in Gmail without sending it.',
      input: { message: z.strictObject({ raw, threadId }) },
      request: 'POST /drafts',
      output: z.object({ id: z.string() }),
    }),
    modify_labels: tool({
      about: 'Add and remove labels of a Gmail message: remove UNREAD to mark it read, INBOX to archive it.',
      input: {
        id: z.string(),
        addLabelIds: z.array(z.string()).optional(),
        removeLabelIds: z.array(z.string()).optional(),
      },
      request: 'POST /messages/{id}/modify',
      idempotency: 'natural',
      output: messageOut,
    }),
    trash_message: tool({
      about: 'Move a Gmail message to the trash. Gmail deletes it for good after 30 days.',
      input: { id: z.string() },
      request: 'POST /messages/{id}/trash',
      effect: 'destructive',
      idempotency: 'natural',
    }),
  }),
})
