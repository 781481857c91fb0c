/** What a credential has to be allowed to do for the tools of its connector, and whose it is: only the providers' own pages say it. */
import { expect, test } from 'vitest'
import { toolRows } from '../catalog/define.ts'
import { connectors } from './index.ts'

test.each<[provider: keyof typeof connectors, way: string, tool: string, right: string]>([
  // https://doist.github.io/todoist-api-typescript/authorization
  ['todoist', 'oauth2', 'delete_task', 'data:delete'],
  // https://docs.slack.dev/reference/methods/users.lookupByEmail and …/conversations.history
  ['slack', 'user', 'find_user_by_email', 'users:read.email'],
  ['slack', 'user', 'read_channel', 'groups:history'],
  ['slack', 'oauth2', 'read_channel', 'groups:history'],
  ['slack', 'user', 'read_channel', 'im:history'],
  ['slack', 'api_key', 'read_channel', 'mpim:history'],
  ['slack', 'oauth2', 'list_channels', 'im:read'],
  // https://developer.pagerduty.com/docs/oauth-functionality: read and write are scopes of this kind alone.
  ['pagerduty', 'oauth2', 'create_incident', 'Classic User OAuth'],
  // https://airtable.com/developers/web/api/get-user-id-scopes: the email by which a connection is called
  ['airtable', 'oauth2', 'list_bases', 'user.email:read'],
  // https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
  ['github', 'api_key', 'add_collaborator', 'Administration'],
  // https://discord.com/developers/docs/resources/message#create-reaction
  ['discord', 'api_key', 'add_reaction', 'Add Reactions'],
  // https://github.com/anomalyco/opencode/issues/21928: api.responses.write
  ['openai', 'api_key', 'create_response', 'write on Responses'],
])('%s by %s asks for what %s needs: %s', (provider, id, tool, right) => {
  const way = connectors[provider].auth.find(each => each.id === id)
  expect(toolRows(connectors[provider])).toHaveProperty(tool)
  expect([...(way && 'scopes' in way ? way.scopes : []), way?.advice].join()).toContain(right)
})

// https://github.com/dj-stripe/dj-stripe/pull/1131: GET /v1/account is refused to restricted keys, which Stripe advises to use.
test('a restricted key of Stripe is proven by what its advice says to tick', () => {
  const { account, auth } = connectors.stripe
  expect(account.request).toBe('GET /balance')
  expect(auth[0].advice).toMatch(/read on Balance/)
})

// https://github.com/twilio/twilio-oai, twilio_api_v2010: child accounts have no balance information.
test('a subaccount of Twilio can be connected, and is known by its SID', () => {
  const { request, id } = connectors.twilio.account
  expect([request, id]).toEqual(['GET /IncomingPhoneNumbers.json?PageSize=1', '{account_sid}'])
})

// https://github.com/getsentry/sentry, src/sentry/api/endpoints: organization_index.py sorts by -date_added; index.py gives the user.
test('a token of Sentry stays that of the same person, whatever organization they join', () => {
  expect(connectors.sentry.account).toEqual({ request: 'GET /', id: 'user.id', label: 'user.email' })
})

// https://github.com/HubSpot/HubSpot-public-api-spec-collection, accountInfo.json: uiDomain is where the web app is, not whose account.
test('two accounts of HubSpot are called by what tells them apart', () => {
  expect(connectors.hubspot.account.label).toBe('portalId')
})

// https://docs.datadoghq.com/getting_started/site/
test('an organization of Datadog can be reached wherever it lives', () => {
  const sites = ['us3.', 'us5.', 'ap1.', 'ap2.', ''].map(region => `${region}datadoghq.com`)
  const others = ['datadoghq.eu', 'ddog-gov.com', 'us2.ddog-gov.com']
  expect(new Set(connectors.datadog.inputs?.site?.options)).toEqual(new Set([...sites, ...others]))
})

// https://devforum.zoom.us/t/multiple-scopes-authorization/138714
test('Zoom is asked for no scopes by name: those of the app are what it asks the person for', () => {
  const way = connectors.zoom.auth.find(({ kind }) => kind === 'oauth2')
  expect(way).toMatchObject({
    authorizeParams: { scope: '' },
    advice: expect.stringContaining('meeting:write:meeting'),
  })
})

// https://github.com/makenotion/notion-sdk-js, src/api-endpoints/oauth.ts: the token and nothing else.
test('Notion is asked to end its consent by the token alone', () => {
  const way = connectors.notion.auth.find(({ kind }) => kind === 'oauth2')
  expect(way).toMatchObject({ revoke: { hint: false }, body: 'json', clientAuth: 'basic' })
})

// https://learn.microsoft.com/entra/identity-platform/quickstart-register-app: a view without a page opens none.
test('the wizard for Microsoft leads to the list of registered apps', () => {
  expect(connectors.outlook.auth[0].console).toMatch(/#view\/Microsoft_AAD_RegisteredApps\/ApplicationsListBlade$/)
})

// https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/: a scope has to be specified.
test('a code of Zendesk is handed in with the scopes that the token shall have', () => {
  const way = connectors.zendesk.auth.find(({ kind }) => kind === 'oauth2')
  expect(way).toMatchObject({ scopes: ['read', 'write'], tokenParams: { scope: '{scopes}' } })
})
