import * as z from 'zod'
import { connector, cursor, tool } from '../catalog/define.ts'
import { googleAccount, googleErrors, googleMessage } from './registrations/google.ts'

const calendarId = z.string().describe('primary for the own calendar')
const time = z.iso.datetime({ offset: true })
const when = z
  .strictObject({ dateTime: time.optional(), date: z.iso.date().optional(), timeZone: z.string().optional() })
  .describe('dateTime, or date for a whole day; the end date is the day after')
const sendUpdates = z.enum(['all', 'externalOnly', 'none']).optional().describe('Whom to mail; none unless told')
const event = {
  description: z.string().optional(),
  location: z.string().optional(),
  attendees: z
    .array(z.strictObject({ email: z.email() }))
    .optional()
    .describe('Replaces all that were there'),
}

const moment = z.object({ date: z.string().optional(), dateTime: z.string().optional() }).optional()
/** Of a cancelled occurrence the id is all that is promised. */
const eventOut = z.object({ id: z.string(), summary: z.string().optional(), start: moment, end: moment })

/** Google Calendar API v3: https://developers.google.com/workspace/calendar/api/v3/reference. */
export const google_calendar = connector({
  name: 'Google Calendar',
  about: 'List, make, change and delete events in Google calendars, and find free time.',
  category: 'calendar',
  auth: [googleAccount(['https://www.googleapis.com/auth/calendar'])],
  account: { request: 'GET /users/me/calendarList/primary', id: 'id', label: 'id' },
  api: {
    base: 'https://www.googleapis.com/calendar/v3',
    version: 'v3',
    errors: googleErrors,
    message: googleMessage,
    omit: /^(etag|kind|iCalUID|sequence|reminders)$/,
  },
  sources: { calendarId: 'list_calendars', eventId: 'list_events' },
  tools: () => ({
    list_calendars: tool({
      about: 'List the calendars that this Google account sees, with their ids and time zones.',
      input: { maxResults: z.int().min(1).max(250).optional() },
      request: 'GET /users/me/calendarList{?maxResults}',
      page: cursor('pageToken', 'nextPageToken'),
      pick: 'items',
      emptyIsLeftOut: true,
      output: z.array(z.object({ id: z.string(), summary: z.string().optional() })),
    }),
    list_events: tool({
      about: 'List or search events (meetings, appointments) of a Google calendar between two times: my schedule.',
      input: {
        calendarId,
        timeMin: time.optional().describe('Only events that end after this'),
        timeMax: time.optional().describe('Only events that start before this'),
        q: z.string().optional().describe('Words to search for'),
        singleEvents: z.boolean().optional().describe('true to list each occurrence of a repeated event'),
        orderBy: z.enum(['startTime', 'updated']).optional().describe('startTime only with singleEvents'),
        maxResults: z.int().min(1).max(2500).optional(),
      },
      request: 'GET /calendars/{calendarId}/events{?timeMin,timeMax,q,singleEvents,orderBy,maxResults}',
      page: cursor('pageToken', 'nextPageToken'),
      pick: 'items',
      emptyIsLeftOut: true,
      output: z.array(eventOut),
    }),
    get_event: tool({
      about: 'Read one event of a Google calendar with its attendees and their answers.',
      input: { calendarId, eventId: z.string() },
      request: 'GET /calendars/{calendarId}/events/{eventId}',
      output: eventOut,
    }),
    create_event: tool({
      about: 'Make an event (meeting, appointment) in a Google calendar. Each call makes another one.',
      input: { calendarId, sendUpdates, summary: z.string().describe('Title'), start: when, end: when, ...event },
      request: 'POST /calendars/{calendarId}/events{?sendUpdates}',
      output: eventOut,
    }),
    update_event: tool({
      about: 'Change an event of a Google calendar: move it, rename it, set who comes.',
      input: {
        calendarId,
        eventId: z.string(),
        sendUpdates,
        summary: z.string().optional(),
        start: when.optional(),
        end: when.optional(),
        ...event,
      },
      request: 'PATCH /calendars/{calendarId}/events/{eventId}{?sendUpdates}',
      idempotency: 'natural',
      output: eventOut,
    }),
    delete_event: tool({
      about: 'Delete (cancel) an event of a Google calendar for everybody who was invited.',
      input: { calendarId, eventId: z.string(), sendUpdates },
      request: 'DELETE /calendars/{calendarId}/events/{eventId}{?sendUpdates}',
    }),
    find_busy_times: tool({
      about: 'Find when people or calendars are busy between two times, to see their free time.',
      input: {
        timeMin: time,
        timeMax: time,
        timeZone: z.string().optional(),
        items: z
          .array(z.strictObject({ id: z.string() }))
          .min(1)
          .describe('Calendar ids or email addresses'),
      },
      request: 'POST /freeBusy',
      effect: 'read',
      pick: 'calendars',
    }),
  }),
})
