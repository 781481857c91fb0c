import * as z from 'zod'
import { connector, tool } from '../catalog/define.ts'
import { graphApi, graphPages, microsoftAccount, microsoftInputs, microsoftUser } from './registrations/microsoft.ts'

const person = z.strictObject({ emailAddress: z.strictObject({ address: z.email(), name: z.string().optional() }) })
const body = z.strictObject({ contentType: z.enum(['Text', 'HTML']), content: z.string() })
const letter = {
  subject: z.string().min(1),
  body,
  toRecipients: z.array(person).min(1),
  ccRecipients: z.array(person).optional(),
}
const message = { message_id: z.string() }
const moment = z
  .strictObject({ dateTime: z.string().describe('2026-03-01T09:00:00'), timeZone: z.string() })
  .describe('Local time and its zone, such as UTC or Europe/Berlin')

/** Mail and calendar of Microsoft Graph v1.0: https://learn.microsoft.com/graph/api/overview. */
export const outlook = connector({
  name: 'Outlook',
  about: 'Search, read, draft and send mail, and keep the calendar of an Outlook or Microsoft 365 account.',
  category: 'mail',
  auth: [microsoftAccount(['Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite'])],
  inputs: microsoftInputs,
  account: microsoftUser,
  api: {
    ...graphApi,
    headers: { prefer: 'outlook.body-content-type="text"' },
    // https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits: of each mailbox.
    limits: [{ requests: 10_000, windowS: 600 }],
  },
  sources: { message_id: 'search_mail', event_id: 'list_events' },
  tools: () => ({
    search_mail: tool({
      about: 'Search Outlook mail (email messages) by words, in all folders. Gives a preview of each, not its text.',
      input: { query: z.string().min(1).describe('Words, or from:ada, subject:report; no double quotes') },
      request:
        'GET /me/messages?$top=25&$select=id,subject,from,toRecipients,receivedDateTime,bodyPreview,isRead,conversationId&$search=%22{query}%22',
      page: graphPages,
      pick: 'value',
    }),
    list_mail: tool({
      about: 'List the newest mail (email messages) of one Outlook folder. Gives a preview of each, not its text.',
      input: { folder: z.string().describe('inbox, drafts, sentitems, archive, or the id of a folder') },
      request:
        'GET /me/mailFolders/{folder}/messages?$top=25&$orderby=receivedDateTime%20desc&$select=id,subject,from,toRecipients,receivedDateTime,bodyPreview,isRead,conversationId',
      page: graphPages,
      pick: 'value',
    }),
    get_mail: tool({
      about: 'Read one mail (email message) of Outlook with its whole text.',
      input: message,
      request: 'GET /me/messages/{message_id}',
    }),
    send_mail: tool({
      about: 'Send a mail (email) from the Outlook account. Each call sends another one; it cannot be called back.',
      input: { message: z.strictObject(letter), saveToSentItems: z.boolean().optional() },
      request: 'POST /me/sendMail',
    }),
    create_draft: tool({
      about: 'Write a mail into the drafts of Outlook without sending it.',
      input: letter,
      request: 'POST /me/messages',
    }),
    reply_to_mail: tool({
      about: 'Reply to the sender of a mail in Outlook. Each call sends another reply.',
      input: { ...message, comment: z.string().min(1).describe('Text of the reply') },
      request: 'POST /me/messages/{message_id}/reply',
    }),
    list_events: tool({
      about: 'List the events (meetings) of my Outlook calendar between two times, each occurrence of repeated ones.',
      input: { start: z.iso.datetime({ offset: true }), end: z.iso.datetime({ offset: true }) },
      request:
        'GET /me/calendarView?$top=100&$orderby=start/dateTime&$select=id,subject,start,end,location,organizer,attendees,isAllDay,isCancelled,onlineMeeting&startDateTime={start}&endDateTime={end}',
      page: graphPages,
      pick: 'value',
    }),
    create_event: tool({
      about: 'Make an event (meeting) in my Outlook calendar and invite its attendees.',
      input: {
        subject: z.string().min(1),
        start: moment,
        end: moment,
        body: body.optional(),
        attendees: z.array(person).optional(),
        location: z.strictObject({ displayName: z.string() }).optional(),
        isOnlineMeeting: z.boolean().optional(),
      },
      request: 'POST /me/events',
    }),
    delete_event: tool({
      about: 'Delete an event of my Outlook calendar; as its organizer this cancels it for everybody.',
      input: { event_id: z.string() },
      request: 'DELETE /me/events/{event_id}',
    }),
  }),
})
