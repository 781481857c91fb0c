import * as z from 'zod'
import { basic, bodyLink, connector, tool } from '../catalog/define.ts'

const phone = z.string().describe('In E.164: +4915112345678')
// https://www.twilio.com/docs/usage/twilios-response#pagination
const page = bodyLink('next_page_uri')
const sid = (kind: string) => z.string().describe(`${kind}…`)

/** Twilio's REST API 2010-04-01, which takes forms: https://www.twilio.com/docs/usage/api. */
export const twilio = connector({
  name: 'Twilio',
  about: 'Send and list text messages and calls of a Twilio account, and see its phone numbers.',
  category: 'phone',
  auth: [
    basic({
      label: 'Account SID and auth token',
      console: 'https://console.twilio.com/',
      advice: 'Both stand under Account Info on the first page of the console.',
      user: '{account_sid}',
      fields: {
        account_sid: {
          label: 'Account SID',
          example: 'AC0123456789abcdef0123456789abcdef',
          matches: /AC[0-9a-fA-F]{32}/,
        },
        secret: { label: 'Auth token', secret: true },
      },
    }),
    basic({
      id: 'api_key',
      label: 'API key',
      console: 'https://console.twilio.com/us1/account/keys-credentials/api-keys',
      advice: 'Make a key of the type Main or Standard. It can be taken back without disturbing anything else.',
      user: '{key_sid}',
      fields: {
        account_sid: {
          label: 'Account SID',
          example: 'AC0123456789abcdef0123456789abcdef',
          matches: /AC[0-9a-fA-F]{32}/,
        },
        key_sid: {
          label: 'SID of the key',
          example: 'SK0123456789abcdef0123456789abcdef',
          matches: /SK[0-9a-fA-F]{32}/,
        },
        secret: { label: 'Secret of the key', secret: true },
      },
    }),
  ],
  // Not the balance, which is that of a main account: a subaccount has none.
  account: { request: 'GET /IncomingPhoneNumbers.json?PageSize=1', id: '{account_sid}' },
  api: {
    base: 'https://api.twilio.com/2010-04-01/Accounts/{account_sid}',
    version: '2010-04-01',
    body: 'form',
    errors: [
      { status: 429, code: 'rate_limited' },
      { status: 400, code: 'validation_error' },
    ],
    message: ['message'],
    omit: /^(uri|subresource_uris|api_version|.*_uri)$/,
  },
  sources: { message_sid: 'list_messages' },
  tools: () => ({
    send_message: tool({
      about: 'Send a text message (SMS, or WhatsApp with whatsapp: before the numbers) by Twilio. Each call sends one.',
      input: {
        To: phone,
        From: z.string().optional().describe('A number of this account; or give MessagingServiceSid'),
        MessagingServiceSid: sid('MG').optional(),
        Body: z.string().min(1).max(1600),
      },
      request: 'POST /Messages.json',
    }),
    list_messages: tool({
      about: 'List the newest text messages of Twilio, sent and received, of one number or all.',
      input: { To: phone.optional(), From: phone.optional() },
      request: 'GET /Messages.json{?To,From}',
      page,
      pick: 'messages',
    }),
    get_message: tool({
      about: 'Read one text message of Twilio: was it delivered, and what did it cost.',
      input: { message_sid: sid('SM') },
      request: 'GET /Messages/{message_sid}.json',
    }),
    create_call: tool({
      about: 'Call a phone number by Twilio and say or play what TwiML tells. Each call rings again.',
      input: {
        To: phone,
        From: phone,
        Twiml: z.string().describe('<Response><Say>Hello.</Say></Response>'),
      },
      request: 'POST /Calls.json',
    }),
    list_calls: tool({
      about: 'List the newest phone calls of Twilio with their length and how they ended.',
      input: {
        To: phone.optional(),
        From: phone.optional(),
        Status: z
          .enum(['queued', 'ringing', 'in-progress', 'completed', 'busy', 'failed', 'no-answer', 'canceled'])
          .optional(),
      },
      request: 'GET /Calls.json{?To,From,Status}',
      page,
      pick: 'calls',
    }),
    list_phone_numbers: tool({
      about: 'List the phone numbers that the Twilio account owns.',
      input: {},
      request: 'GET /IncomingPhoneNumbers.json',
      page,
      pick: 'incoming_phone_numbers',
    }),
  }),
})
