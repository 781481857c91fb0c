import * as z from 'zod'
import { personActor } from '../../accounts/audit.ts'
import { addOAuthApp } from '../../connections/oauth-apps/add-oauth-app.ts'
import { changeOAuthApp } from '../../connections/oauth-apps/change-oauth-app.ts'
import { listOAuthApps } from '../../connections/oauth-apps/list-oauth-apps.ts'
import { listRegistrations } from '../../connections/oauth-apps/registrations.ts'
import { removeOAuthApp } from '../../connections/oauth-apps/remove-oauth-app.ts'
import { clientAddress } from '../client-address.ts'
import { personEditor } from './editor-of.ts'
import { route } from './route.ts'

const label = z.string().min(1).max(80)
const clientSecret = z.string().min(1).max(2048).describe('Stored encrypted; never shown again.')
const privateKey = z.string().max(16_384).describe('PEM, where the provider takes signed proofs (private_key_jwt).')
const keyId = z.string().min(1).max(200).describe('What the provider calls that key.')

const oauthApp = z.object({
  id: z.string(),
  registration: z.string().describe('Slug of the kind of OAuth app that it is.'),
  registrationName: z.string(),
  label: z.string(),
  clientId: z.string(),
  isDefault: z.boolean(),
  connections: z.number().describe('How many were made with it.'),
  createdAt: z.string(),
})

export const oauthAppRoutes = [
  route({
    method: 'get',
    path: '/oauth-apps',
    summary: 'List the OAuth apps of the workspace, without their secrets.',
    tag: 'connections',
    may: 'oauth_apps.read',
    answer: z.object({ items: z.array(oauthApp) }),
    run: async ({ app, principal }) => ({ items: await listOAuthApps(app, principal.workspaceId) }),
  }),
  route({
    method: 'get',
    path: '/oauth-apps/registrations',
    summary: 'List the OAuth apps that providers need, and how each is registered there.',
    tag: 'connections',
    may: 'oauth_apps.read',
    answer: z.object({
      items: z.array(
        z.object({
          slug: z.string(),
          name: z.string(),
          console: z.string().describe('Where at the provider it is registered.'),
          steps: z.array(z.string()),
          warnings: z.array(
            z.object({
              title: z.string(),
              text: z.string(),
              step: z.number().optional().describe('At which step it bites, from 1.'),
            }),
          ),
          acceptsFile: z.object({ about: z.string() }).nullable(),
          redirectUri: z.string().describe('To be entered there exactly.'),
          providers: z.array(z.object({ slug: z.string(), name: z.string(), scopes: z.array(z.string()) })),
          apps: z.number().describe('How many the workspace has.'),
        }),
      ),
    }),
    run: async ({ app, principal }) => ({ items: await listRegistrations(app, principal.workspaceId) }),
  }),
  route({
    method: 'post',
    path: '/oauth-apps',
    summary: 'Add an OAuth app that was registered at a provider.',
    tag: 'connections',
    may: 'oauth_apps.change',
    status: 201,
    body: z.strictObject({
      registration: z.string().max(100),
      label: label.optional(),
      clientId: z.string().min(1).max(2048).optional(),
      clientSecret: clientSecret.optional(),
      privateKey: privateKey.optional(),
      keyId: keyId.optional(),
      clientFile: z
        .string()
        .max(65_536)
        .optional()
        .describe('Text of the JSON file that the provider gives to download.'),
      isDefault: z.boolean().optional(),
    }),
    answer: oauthApp.extend({ warnings: z.array(z.string()).describe('What will not work yet.') }),
    run: ({ app, principal, body, incoming }) =>
      addOAuthApp(app, principal.workspaceId, body, {
        actor: personActor(principal),
        address: clientAddress(app, incoming),
      }),
  }),
  route({
    method: 'patch',
    path: '/oauth-apps/{id}',
    summary: 'Change an OAuth app: its label, its secret, or whether it is the default.',
    tag: 'connections',
    may: 'oauth_apps.change',
    body: z.strictObject({
      label: label.optional(),
      clientSecret: clientSecret.optional(),
      privateKey: privateKey.optional(),
      keyId: keyId.optional(),
      isDefault: z.boolean().optional(),
    }),
    answer: oauthApp,
    run: ({ app, principal, params, body, incoming }) =>
      changeOAuthApp(
        app,
        {
          workspaceId: principal.workspaceId,
          id: params.id,
          by: personEditor(app, principal, incoming),
        },
        body,
      ),
  }),
  route({
    method: 'delete',
    path: '/oauth-apps/{id}',
    summary: 'Remove an OAuth app. One that connections use only when it is forced.',
    tag: 'connections',
    may: 'oauth_apps.change',
    query: z.strictObject({ force: z.enum(['true', 'false']).default('false') }),
    answer: z.object({ id: z.string(), connections: z.number().describe('How many have to be reconnected now.') }),
    run: ({ app, principal, params, query, incoming }) =>
      removeOAuthApp(
        app,
        {
          workspaceId: principal.workspaceId,
          id: params.id,
          by: personEditor(app, principal, incoming),
        },
        { force: query.force === 'true' },
      ),
  }),
]
