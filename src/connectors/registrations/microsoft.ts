import { bodyLink, type ErrorRule, oauth2 } from '../../catalog/define.ts'

/** One app of Microsoft Entra serves every connector that reaches Microsoft Graph. */
const microsoftApp = {
  slug: 'microsoft',
  name: 'Microsoft',
  console: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  steps: [
    'Open https://entra.microsoft.com, go to App registrations and press New registration.',
    'Give it a name. As supported account types choose "Accounts in any organizational directory and personal Microsoft accounts"; for one organization alone, "Accounts in this organizational directory only".',
    'Under Redirect URI choose the platform Web and enter exactly: {redirectUri}',
    'Press Register, and copy the Application (client) ID: it is the client id.',
    'Under API permissions, press Add a permission > Microsoft Graph > Delegated permissions, and add: {scopes}',
    'Under Certificates & secrets, press New client secret, choose how long it lasts, and copy the Value (not the Secret ID) at once: it is the client secret.',
    'If the app is for one organization alone, give its tenant id or domain as the tenant when connecting.',
  ],
  warnings: [
    {
      title: 'An administrator may have to agree',
      step: 5,
      text: 'Many organizations let only administrators approve apps, and some permissions always need one. If people see "Need admin approval", let an administrator press Grant admin consent under API permissions.',
    },
    {
      title: 'The client secret runs out',
      step: 6,
      text: 'It lives 24 months at the most, and every connection stops renewing the day it ends. Put that day into a calendar, and add the new secret here before the old one ends.',
    },
    {
      title: 'Ninety days without use end a connection',
      text: 'A refresh token that is not used for 90 days expires, and so does every one of a person who changes the password or is signed out by an administrator.',
    },
    {
      title: 'Personal accounts do not have everything',
      step: 2,
      text: 'Teams and search across an organization need a work or school account. With an app for one organization alone, "common" as the tenant is refused.',
    },
  ],
} as const

export const microsoftInputs = {
  tenant: {
    label: 'Tenant',
    hint: 'Leave it at common, unless the app was registered for one organization alone: then its tenant id or domain.',
    example: 'common',
    default: 'common',
    matches: /[A-Za-z0-9][A-Za-z0-9.-]*/,
  },
}

/** Facts from https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow. */
export const microsoftAccount = (scopes: readonly string[]) =>
  oauth2({
    label: 'Microsoft account',
    console: microsoftApp.console,
    app: microsoftApp,
    authorize: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize',
    authorizeParams: { response_mode: 'query' },
    token: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
    scopes: ['offline_access', 'User.Read', ...scopes],
    lifetimeS: 3600,
  })

export const microsoftUser = { request: 'GET /me', id: 'id', label: 'userPrincipalName' }

/** https://learn.microsoft.com/graph/errors */
const graphErrors: ErrorRule[] = [
  { status: 403, body: ['error.code', 'Authorization_RequestDenied'], code: 'missing_scope' },
  { status: 403, body: ['error.message', /^Missing scope permissions/], code: 'missing_scope' },
  { status: 429, code: 'rate_limited' },
  { status: 503, body: ['error.code', /^(TooManyRequests|serviceNotAvailable)$/], code: 'rate_limited' },
  // The storage is full, which does not pass in a moment, and nothing was stored.
  { status: 507, code: 'quota_exceeded' },
  { status: 509, code: 'rate_limited' },
]

export const graphApi = {
  base: 'https://graph.microsoft.com/v1.0',
  version: 'v1.0',
  errors: graphErrors,
  message: ['error.message'],
  omit: /^@odata\.(etag|context)$/,
}

/** https://learn.microsoft.com/graph/paging */
export const graphPages = bodyLink(['@odata.nextLink'])
