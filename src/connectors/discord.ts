import * as z from 'zod'
import { apiKey, connector, file, tool } from '../catalog/define.ts'

const channel = { channel_id: z.string().describe('Snowflake id, as text') }
const message = { ...channel, message_id: z.string() }
const content = z.string().min(1).max(2000).describe('Discord Markdown; <@id> mentions a person')

/** Discord's API v10 with a bot, which alone may read and post messages: https://discord.com/developers/docs/reference. */
export const discord = connector({
  name: 'Discord',
  about: 'Read and post messages in the channels of Discord servers, as a bot.',
  category: 'chat',
  auth: [
    apiKey({
      label: 'bot token',
      console: 'https://discord.com/developers/applications',
      advice:
        'Make an application, open Bot, switch on Message Content Intent and reset the token to see it. Under ' +
        'Installation give the scope bot with View Channels, Send Messages, Attach Files, Add Reactions and Read Message History, and add it to the server.',
      header: 'authorization',
      format: 'Bot {secret}',
    }),
  ],
  account: { request: 'GET /users/@me', id: 'id', label: 'username' },
  api: {
    base: 'https://discord.com/api/v10',
    version: 'v10',
    // https://discord.com/developers/docs/reference#user-agent
    headers: { 'user-agent': 'DiscordBot (ClawLink, 1)' },
    errors: [
      { status: 400, body: ['errors', true], code: 'validation_error', message: 'errors' },
      { status: 403, body: ['code', 50001], code: 'permission_denied' },
      { status: 403, body: ['code', 50013], code: 'permission_denied' },
      { status: 429, code: 'rate_limited' },
    ],
    retry: [{ header: 'x-ratelimit-reset-after', unit: 'delta_s', when: ['x-ratelimit-remaining', '0'] }],
    // https://discord.com/developers/docs/topics/rate-limits: one for everything, and one of each route.
    limits: [{ requests: 50, windowS: 1 }],
    hears: [
      {
        kind: 'plain',
        left: 'x-ratelimit-remaining',
        reset: 'x-ratelimit-reset-after',
        unit: 'delta_s',
        named: 'x-ratelimit-bucket',
      },
    ],
    message: ['message'],
    omit: /^(avatar|avatar_decoration_data|discriminator|public_flags|flags|banner|accent_color|collectibles|clan)$/,
  },
  sources: { guild_id: 'list_servers', channel_id: 'list_channels', message_id: 'list_messages' },
  tools: () => ({
    list_servers: tool({
      about: 'List the Discord servers (guilds) that the bot is in.',
      input: {},
      request: 'GET /users/@me/guilds',
    }),
    list_channels: tool({
      about: 'List the channels of a Discord server with their ids and kinds.',
      input: { guild_id: z.string() },
      request: 'GET /guilds/{guild_id}/channels',
    }),
    list_messages: tool({
      about: 'Read the newest 50 messages of a Discord channel, newest first.',
      input: { ...channel, before: z.string().optional().describe('Only those older than this message') },
      request: 'GET /channels/{channel_id}/messages{?before}',
    }),
    send_message: tool({
      about: 'Post (send) a message to a Discord channel. Each call posts another one.',
      input: {
        ...channel,
        content,
        message_reference: z.strictObject({ message_id: z.string() }).optional().describe('Message to reply to'),
      },
      request: 'POST /channels/{channel_id}/messages',
    }),
    // https://discord.com/developers/docs/reference#uploading-files
    send_file: tool({
      about: 'Post (send) a message with a file to a Discord channel. Each call posts another one.',
      input: { ...channel, file: file(), content: content.optional() },
      request: 'POST /channels/{channel_id}/messages',
      upload: { kind: 'multipart', file: 'file', part: 'files[0]', json: 'payload_json' },
    }),
    update_message: tool({
      about: 'Edit a message that the bot posted in Discord.',
      input: { ...message, content },
      request: 'PATCH /channels/{channel_id}/messages/{message_id}',
      idempotency: 'natural',
    }),
    delete_message: tool({
      about: 'Delete a message in a Discord channel.',
      input: message,
      request: 'DELETE /channels/{channel_id}/messages/{message_id}',
    }),
    add_reaction: tool({
      about: 'React to a message in Discord with an emoji.',
      input: { ...message, emoji: z.string().describe('The emoji itself, or name:id of an own one') },
      request: 'PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me',
    }),
  }),
})
