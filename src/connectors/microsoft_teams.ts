import * as z from 'zod'
import { connector, tool } from '../catalog/define.ts'
import { graphApi, graphPages, microsoftAccount, microsoftInputs, microsoftUser } from './registrations/microsoft.ts'

const body = z.strictObject({ content: z.string().min(1), contentType: z.enum(['text', 'html']).optional() })
const team = { team_id: z.string() }
const chat = { chat_id: z.string() }

/** Teams in Microsoft Graph v1.0: https://learn.microsoft.com/graph/api/resources/teams-api-overview. */
export const microsoft_teams = connector({
  name: 'Microsoft Teams',
  about: 'List teams, channels and chats of Microsoft Teams, and read and write messages there.',
  category: 'chat',
  auth: [microsoftAccount(['Chat.ReadWrite', 'ChannelMessage.Send', 'Team.ReadBasic.All', 'Channel.ReadBasic.All'])],
  inputs: microsoftInputs,
  account: microsoftUser,
  api: graphApi,
  sources: { team_id: 'list_teams', channel_id: 'list_channels', chat_id: 'list_chats' },
  tools: () => ({
    list_teams: tool({
      about: 'List the teams of Microsoft Teams that I belong to.',
      input: {},
      request: 'GET /me/joinedTeams',
      page: graphPages,
      pick: 'value',
    }),
    list_channels: tool({
      about: 'List the channels of a team in Microsoft Teams.',
      input: team,
      request: 'GET /teams/{team_id}/channels',
      page: graphPages,
      pick: 'value',
    }),
    send_channel_message: tool({
      about: 'Post a message into a channel of Microsoft Teams. Each call posts another one.',
      input: { ...team, channel_id: z.string(), subject: z.string().optional(), body },
      request: 'POST /teams/{team_id}/channels/{channel_id}/messages',
    }),
    list_chats: tool({
      about: 'List my chats in Microsoft Teams, the ones with the newest messages first.',
      input: {},
      request: 'GET /me/chats?$top=50&$expand=lastMessagePreview&$orderby=lastMessagePreview/createdDateTime%20desc',
      page: graphPages,
      pick: 'value',
    }),
    list_chat_messages: tool({
      about: 'Read the newest messages of a chat in Microsoft Teams.',
      input: chat,
      request: 'GET /chats/{chat_id}/messages?$top=50',
      page: graphPages,
      pick: 'value',
    }),
    send_chat_message: tool({
      about: 'Send a message into a chat of Microsoft Teams. Each call sends another one.',
      input: { ...chat, body },
      request: 'POST /chats/{chat_id}/messages',
    }),
  }),
})
