import { type ErrorRule, jwtBearer, oauth2 } from '../../catalog/define.ts'

/** Says whose account a token is for; needed wherever the API itself does not. */
export const googleEmailScope = 'https://www.googleapis.com/auth/userinfo.email'

/** One OAuth client of Google Cloud serves every Google connector. */
const googleApp = {
  slug: 'google',
  name: 'Google',
  console: 'https://console.cloud.google.com/auth/clients',
  steps: [
    'Open https://console.cloud.google.com/projectcreate and make a project, or choose one that you have.',
    'Under APIs & Services > Library, enable the API of each app that you want to connect: Gmail API, Google Calendar API, Google Drive API, Google Sheets API, Google Docs API, Tasks API.',
    'Open https://console.cloud.google.com/auth/overview, press Get started and fill in the app name and your email. As audience choose Internal if your account belongs to a Workspace organization, else External.',
    'If it is External: under Audience, press Publish app, or add every account that will connect as a test user.',
    'Under Data access, add these scopes: {scopes}',
    'Open https://console.cloud.google.com/auth/clients and press Create client. As application type choose Web application.',
    'Under Authorized redirect URIs add exactly: {redirectUri}',
    'Press Create, then Download JSON, and give that file to ClawLink. Google shows the secret only now.',
  ],
  warnings: [
    {
      title: 'Testing mode ends every connection after 7 days',
      step: 4,
      text: 'While the publishing status of an External app is Testing, Google lets its refresh tokens die after 7 days, and only listed test users (at most 100) can connect. Publish the app, or make it Internal.',
    },
    {
      title: 'Gmail and Drive scopes are restricted',
      step: 5,
      text: 'Google asks for verification, and for a yearly security review, before an External app may use restricted scopes with many people. Without it people see a warning that the app is not verified, can go on past it, and at most 100 of them can ever connect.',
    },
    {
      title: 'A Workspace organization needs no review',
      step: 3,
      text: 'An Internal app serves only accounts of its own Workspace organization, and has neither the 7 days nor the review. An administrator may have to trust it under Security > API controls.',
    },
    {
      title: 'The type has to be Web application',
      step: 6,
      text: 'A file that has "installed" where "web" should be is of a Desktop app: Google sends its answers to the local machine alone. Make another client of the type Web application.',
    },
  ],
  file: {
    about: 'the client_secret_….json that Google gives to download when the client is made',
    clientId: ['web.client_id'],
    clientSecret: ['web.client_secret'],
    redirectUris: ['web.redirect_uris'],
  },
} as const

/**
 * Facts from https://developers.google.com/identity/protocols/oauth2/web-server. `prompt=consent` because Google gives a
 * refresh token only when it asks the person.
 */
export const googleAccount = (scopes: readonly string[]) =>
  oauth2({
    label: 'Google account',
    console: googleApp.console,
    app: googleApp,
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    authorizeParams: { access_type: 'offline', prompt: 'consent', include_granted_scopes: 'true' },
    token: 'https://oauth2.googleapis.com/token',
    revoke: 'https://oauth2.googleapis.com/revoke',
    issuer: 'https://accounts.google.com',
    scopes,
    lifetimeS: 3600,
  })

/** Facts from https://developers.google.com/identity/protocols/oauth2/service-account. */
export const googleServiceAccount = (scopes: readonly string[], advice: string) =>
  jwtBearer({
    id: 'service_account',
    label: 'service account',
    console: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
    advice: `Make a service account, then Keys > Add key > JSON. ${advice}`,
    fields: { key_file: { label: 'Key file (JSON)', secret: true, lines: true } },
    file: {
      field: 'key_file',
      parts: { client_email: 'client_email', private_key: 'private_key', private_key_id: 'private_key_id' },
    },
    key: 'private_key',
    keyId: 'private_key_id',
    algorithm: 'RS256',
    claims: {
      iss: '{client_email}',
      aud: 'https://oauth2.googleapis.com/token',
      scope: '{scopes}',
    },
    token: 'https://oauth2.googleapis.com/token',
    scopes,
    lifetimeS: 3600,
  })

/** For the APIs that do not say themselves whose they are. */
export const googleUser = {
  base: 'https://openidconnect.googleapis.com/v1',
  request: 'GET /userinfo',
  id: 'sub',
  label: 'email',
}

/** The way in which all of Google's REST APIs fail: https://cloud.google.com/apis/design/errors. */
export const googleErrors: ErrorRule[] = [
  {
    status: 403,
    body: [
      'error.errors.0.reason',
      /^(rateLimitExceeded|userRateLimitExceeded|quotaExceeded|dailyLimitExceeded|sharingRateLimitExceeded)$/,
    ],
    code: 'rate_limited',
  },
  { status: 403, body: ['error.errors.0.reason', 'storageQuotaExceeded'], code: 'quota_exceeded' },
  { status: 403, body: ['error.errors.0.reason', 'insufficientPermissions'], code: 'missing_scope' },
  { status: 403, body: ['error.details.0.reason', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'], code: 'missing_scope' },
]

export const googleMessage = ['error.message', 'error_description']
