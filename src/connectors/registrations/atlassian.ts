import { basic, oauth2 } from '../../catalog/define.ts'

/** One OAuth 2.0 (3LO) app serves the Atlassian products. */
const atlassianApp = {
  slug: 'atlassian',
  name: 'Atlassian',
  console: 'https://developer.atlassian.com/console/myapps/',
  steps: [
    'Open https://developer.atlassian.com/console/myapps/ and press Create > OAuth 2.0 integration.',
    'Under Authorization, add OAuth 2.0 (3LO) with exactly this callback URL: {redirectUri}',
    'Under Permissions, add the APIs that you want and these scopes: {scopes}',
    'Under Settings, copy the client id and the secret. To let other people connect, set Distribution to sharing.',
  ],
  warnings: [
    {
      title: 'One site for each connection',
      text: 'Choose the site when Atlassian asks for consent. A connection uses the first site that it was allowed.',
    },
  ],
} as const

/** Facts from https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/. */
export const atlassianAccount = (scopes: readonly string[]) =>
  oauth2({
    label: 'Atlassian account',
    console: atlassianApp.console,
    app: atlassianApp,
    authorize: 'https://auth.atlassian.com/authorize',
    authorizeParams: { audience: 'api.atlassian.com', prompt: 'consent' },
    token: 'https://auth.atlassian.com/oauth/token',
    body: 'json',
    scopes: ['offline_access', ...scopes],
    lifetimeS: 3600,
    after: [
      {
        url: 'https://api.atlassian.com/oauth/token/accessible-resources',
        keep: { cloud_id: '0.id', site: '0.name', site_url: '0.url' },
      },
    ],
  })

/** Scoped API tokens reach the same hosts as OAuth: https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/. */
export const atlassianToken = (scopes: string) =>
  basic({
    label: 'API token',
    console: 'https://id.atlassian.com/manage-profile/security/api-tokens',
    advice: `Press "Create API token with scopes" and tick ${scopes}. A token without scopes does not work here.`,
    user: '{email}',
    fields: {
      email: { label: 'Email of your Atlassian account', example: 'ada@example.com', matches: /[^\s@:]+@[^\s@:]+/ },
      secret: { label: 'API token', secret: true },
      cloud_id: {
        label: 'Cloud id',
        hint: 'Open https://YOUR-SITE.atlassian.net/_edge/tenant_info and copy the cloudId.',
        example: '11223344-a1b2-3b33-c444-def123456789',
        matches: /[0-9a-fA-F-]{36}/,
      },
    },
  })
