import * as z from 'zod'
import { apiKey, connector, oauth1, tool } from '../catalog/define.ts'

const board = { board_id: z.string() }
const card = { card_id: z.string() }
const powerUps = 'https://trello.com/power-ups/admin'
const fields = {
  desc: z.string().optional().describe('Markdown'),
  due: z.iso.datetime().optional(),
  idMembers: z.array(z.string()).optional(),
  idLabels: z.array(z.string()).optional(),
}

/** Trello's REST API 1: https://developer.atlassian.com/cloud/trello/rest/. */
export const trello = connector({
  name: 'Trello',
  about: 'Boards, lists and cards of Trello.',
  category: 'tasks',
  auth: [
    apiKey({
      label: 'API token',
      console: powerUps,
      advice:
        'Make a Power-Up and generate an API key for it; beside the key, press the link "Token" and allow it. ' +
        'Give both here, not the secret.',
      fields: { key: { label: 'API key', matches: /[0-9a-f]{32}/ } },
      place: { query: { key: '{key}', token: '{secret}' } },
    }),
    oauth1({
      label: 'Trello account',
      console: powerUps,
      requestToken: 'https://trello.com/1/OAuthGetRequestToken',
      authorize: 'https://trello.com/1/OAuthAuthorizeToken',
      authorizeParams: { name: 'ClawLink', scope: 'read,write', expiration: 'never' },
      accessToken: 'https://trello.com/1/OAuthGetAccessToken',
    }),
  ],
  account: { request: 'GET /members/me', id: 'id', label: 'username' },
  api: {
    base: 'https://api.trello.com/1',
    version: '1',
    errors: [
      // The token is as good as before ("invalid token" says otherwise): its owner may not do that with this board or card.
      { status: 401, body: [[], /permission requested/], code: 'permission_denied' },
      { status: 429, code: 'rate_limited', waitMs: 10_000 },
    ],
    // https://developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits/
    limits: [
      { name: 'token', requests: 100, windowS: 10 },
      { of: 'app', requests: 300, windowS: 10 },
    ],
    hears: [
      {
        kind: 'plain',
        limit: 'token',
        left: 'x-rate-limit-api-token-remaining',
        max: 'x-rate-limit-api-token-max',
        interval: 'x-rate-limit-api-token-interval-ms',
      },
    ],
    message: ['message'],
    omit: /^(limits|cover|prefs|badges|descData|customFieldItems|avatar.*)$/,
  },
  sources: { board_id: 'list_boards', idList: 'list_lists', card_id: 'list_cards' },
  tools: () => ({
    list_boards: tool({
      about: 'List my boards in Trello, open ones.',
      input: {},
      request: 'GET /members/me/boards?filter=open&fields=id,name,desc,url,dateLastActivity',
    }),
    list_lists: tool({
      about: 'List the lists (columns) of a Trello board.',
      input: board,
      request: 'GET /boards/{board_id}/lists',
    }),
    list_cards: tool({
      about: 'List the open cards of a Trello board with the list that each is in.',
      input: board,
      request: 'GET /boards/{board_id}/cards?fields=id,name,desc,idList,due,dueComplete,labels,idMembers,shortUrl',
    }),
    get_card: tool({
      about: 'Read one card of Trello.',
      input: card,
      request: 'GET /cards/{card_id}',
    }),
    create_card: tool({
      about: 'Make a card (task) in a list of Trello. Each call makes another one.',
      input: { idList: z.string().describe('Id of the list'), name: z.string().min(1), ...fields },
      request: 'POST /cards',
    }),
    update_card: tool({
      about: 'Change a card of Trello: move it to another list, rename it, mark it as done, archive it.',
      input: {
        ...card,
        name: z.string().min(1).optional(),
        idList: z.string().optional().describe('Moves it into this list'),
        closed: z.boolean().optional().describe('true archives it'),
        dueComplete: z.boolean().optional(),
        ...fields,
      },
      request: 'PUT /cards/{card_id}',
    }),
    comment_on_card: tool({
      about: 'Add a comment to a card of Trello. Each call adds another one.',
      input: { ...card, text: z.string().min(1) },
      request: 'POST /cards/{card_id}/actions/comments',
    }),
  }),
})
