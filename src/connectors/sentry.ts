import * as z from 'zod'
import { apiKey, connector, link, oauth2, tool } from '../catalog/define.ts'

const organization = { organization: z.string().describe('Slug of the organization') }
const issue = { ...organization, issue_id: z.string() }
// https://docs.sentry.io/api/pagination/: there is always a next link, and it says whether anything is there.
const page = link(['results', 'true'])
const scopes = ['org:read', 'project:read', 'event:read', 'event:write']

/** Sentry's API, on sentry.io or a server of one's own: https://docs.sentry.io/api/. */
export const sentry = connector({
  name: 'Sentry',
  about: 'Search, read, assign and resolve the issues (errors, crashes) that Sentry caught.',
  category: 'operations',
  auth: [
    apiKey({
      label: 'personal token',
      console: 'https://sentry.io/settings/account/api/auth-tokens/',
      advice: `Make a personal token with ${scopes.join(', ')}. Tokens of an organization cannot read issues.`,
      example: 'sntryu_…',
    }),
    oauth2({
      label: 'Sentry account',
      console: 'https://sentry.io/settings/account/api/applications/',
      authorize: 'https://{host}/oauth/authorize/',
      token: 'https://{host}/oauth/token/',
      scopes,
      lifetimeS: 2_592_000,
    }),
  ],
  inputs: {
    host: {
      label: 'Sentry server',
      hint: 'de.sentry.io for organizations in the EU, or your own server.',
      example: 'sentry.io',
      default: 'sentry.io',
      matches: /[A-Za-z0-9.-]+(:\d{1,5})?/,
    },
  },
  // Not the first organization, which is the newest one: joining another would make it another account.
  account: { request: 'GET /', id: 'user.id', label: 'user.email' },
  api: {
    base: 'https://{host}/api/0',
    version: '0',
    errors: [{ status: 429, code: 'rate_limited' }],
    retry: [{ header: 'x-sentry-rate-limit-reset', unit: 'epoch_s', when: ['x-sentry-rate-limit-remaining', '0'] }],
    // https://docs.sentry.io/api/ratelimits/: each endpoint has its own.
    hears: [
      {
        kind: 'plain',
        left: 'x-sentry-rate-limit-remaining',
        reset: 'x-sentry-rate-limit-reset',
        unit: 'epoch_s',
        max: 'x-sentry-rate-limit-limit',
        each: true,
      },
    ],
    message: ['detail'],
    omit: /^(avatar|features|_meta|pluginActions|pluginContexts|pluginIssues|links|options|color|isBookmarked)$/,
  },
  sources: { organization: 'list_organizations', issue_id: 'list_issues', project: 'list_projects' },
  tools: () => ({
    list_organizations: tool({
      about: 'List the organizations of Sentry that this token sees, with their slugs.',
      input: {},
      request: 'GET /organizations/',
      page,
    }),
    list_projects: tool({
      about: 'List the projects of a Sentry organization.',
      input: organization,
      request: 'GET /organizations/{organization}/projects/',
      page,
    }),
    list_issues: tool({
      about: 'List or search the issues (errors, crashes) of a Sentry organization, last seen first.',
      input: {
        ...organization,
        query: z.string().optional().describe('is:unresolved level:error, or words; unresolved ones unless told'),
        project: z.array(z.int()).optional().describe('Ids'),
        environment: z.string().optional(),
        statsPeriod: z.string().optional().describe('Such as 24h or 14d'),
        sort: z.enum(['date', 'new', 'freq', 'user']).optional(),
      },
      request: 'GET /organizations/{organization}/issues/{?query,project,environment,statsPeriod,sort}',
      page,
    }),
    get_issue: tool({
      about: 'Read one issue (error) of Sentry: how often it happened, to how many people, who is on it.',
      input: issue,
      request: 'GET /organizations/{organization}/issues/{issue_id}/',
    }),
    get_latest_event: tool({
      about: 'Read the newest event of a Sentry issue: stack trace, request, tags, what led to it.',
      input: issue,
      request: 'GET /organizations/{organization}/issues/{issue_id}/events/latest/',
    }),
    update_issue: tool({
      about: 'Resolve, ignore, reopen or assign an issue of Sentry.',
      input: {
        ...issue,
        status: z.enum(['resolved', 'unresolved', 'ignored', 'resolvedInNextRelease']).optional(),
        assignedTo: z
          .string()
          .optional()
          .describe('Email or username, or team: and the id of a team, as list_projects has it; empty for nobody'),
      },
      request: 'PUT /organizations/{organization}/issues/{issue_id}/',
    }),
  }),
})
