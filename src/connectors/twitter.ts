import * as z from 'zod'
import { connector, cursor, oauth1, oauth2, tool } from '../catalog/define.ts'

const fields = 'tweet.fields=created_at,author_id,public_metrics,conversation_id'
const id = z.string().describe('Digits, as text')
const console = 'https://console.x.com'

/** X's API v2: https://docs.x.com/x-api. */
export const twitter = connector({
  name: 'X (Twitter)',
  about: 'Search and read posts (tweets) of X, and post and delete own ones.',
  category: 'social',
  auth: [
    oauth2({
      label: 'X account',
      console,
      advice: 'Under User authentication settings choose Web App, which is a confidential client, with read and write.',
      authorize: 'https://x.com/i/oauth2/authorize',
      token: 'https://api.x.com/2/oauth2/token',
      revoke: 'https://api.x.com/2/oauth2/revoke',
      clientAuth: 'basic',
      pkce: 'required',
      scopes: ['tweet.read', 'tweet.write', 'users.read', 'offline.access'],
      lifetimeS: 7200,
    }),
    oauth1({
      label: 'X account, by OAuth 1.0a',
      console,
      requestToken: 'https://api.x.com/oauth/request_token',
      authorize: 'https://api.x.com/oauth/authorize',
      accessToken: 'https://api.x.com/oauth/access_token',
      keep: { user_id: 'user_id', screen_name: 'screen_name' },
      app: {
        slug: 'twitter-oauth1',
        name: 'X, OAuth 1.0a',
        console,
        steps: [
          'Open https://console.x.com, choose your app and set up User authentication with read and write.',
          'Add exactly this callback URL: {redirectUri}',
          'Under Keys and tokens, copy the API key (the client id) and the API key secret. They are others than the OAuth 2.0 client id and secret.',
        ],
      },
    }),
  ],
  account: { request: 'GET /users/me', id: 'data.id', label: 'data.username' },
  api: {
    base: 'https://api.x.com/2',
    version: '2',
    errors: [
      // Of a month: it does not pass with the window that the headers tell of.
      { status: 429, body: ['type', /\/usage-capped$/], code: 'quota_exceeded' },
      { status: 429, code: 'rate_limited' },
      // https://docs.x.com/x-api/fundamentals/response-codes-and-errors#partial-errors
      {
        status: 200,
        body: ['errors.0.type', /\/resource-not-found$/],
        code: 'not_found',
        message: 'errors.0.detail',
      },
    ],
    retry: [{ header: 'x-rate-limit-reset', unit: 'epoch_s', when: ['x-rate-limit-remaining', '0'] }],
    // https://docs.x.com/x-api/fundamentals/rate-limits: each endpoint has its own.
    hears: [
      {
        kind: 'plain',
        left: 'x-rate-limit-remaining',
        reset: 'x-rate-limit-reset',
        unit: 'epoch_s',
        max: 'x-rate-limit-limit',
        each: true,
      },
    ],
    message: ['errors.0.message', 'detail', 'title'],
    omit: /^edit_history_tweet_ids$/,
  },
  sources: { user_id: 'find_user', post_id: 'search_posts' },
  tools: () => ({
    whoami: tool({
      about: 'Who am I at X (Twitter): id, name and username of the connected account.',
      input: {},
      request: 'GET /users/me',
      pick: 'data',
    }),
    find_user: tool({
      about: 'Find an account of X (Twitter) by its username.',
      input: { username: z.string().describe('Without the @') },
      request: 'GET /users/by/username/{username}?user.fields=description,public_metrics,created_at',
      pick: 'data',
    }),
    search_posts: tool({
      about: 'Search the posts (tweets) of the last seven days on X.',
      input: { query: z.string().min(1).max(512).describe('Words and from:ada, -is:retweet, lang:en') },
      request: `GET /tweets/search/recent?max_results=50&${fields}&query={query}`,
      page: cursor('next_token', 'meta.next_token'),
      pick: 'data',
      emptyIsLeftOut: true,
    }),
    list_user_posts: tool({
      about: 'List the newest posts (tweets) of an account of X.',
      input: { user_id: id },
      request: `GET /users/{user_id}/tweets?max_results=50&${fields}`,
      page: cursor('pagination_token', 'meta.next_token'),
      pick: 'data',
      emptyIsLeftOut: true,
    }),
    get_post: tool({
      about: 'Read one post (tweet) of X.',
      input: { post_id: id },
      request: `GET /tweets/{post_id}?${fields}`,
      pick: 'data',
    }),
    create_post: tool({
      about: 'Post a tweet on X, or reply to one. It is public at once. Each call posts another one.',
      input: {
        text: z.string().min(1),
        reply: z.strictObject({ in_reply_to_tweet_id: id }).optional(),
        quote_tweet_id: id.optional(),
      },
      request: 'POST /tweets',
      pick: 'data',
    }),
    delete_post: tool({
      about: 'Delete a post (tweet) of my own on X.',
      input: { post_id: id },
      request: 'DELETE /tweets/{post_id}',
    }),
  }),
})
