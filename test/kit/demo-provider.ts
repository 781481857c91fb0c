/** A provider of every way to connect, in a ClawLink of its own: what it answers is in a script. */
import { buildCatalog } from '../../src/catalog/catalog.ts'
import { apiKey, basic, clientCredentials, connector, headers, none, oauth2, tool } from '../../src/catalog/define.ts'
import { connectors } from '../../src/connectors/index.ts'
import { type StartOptions, startClawLink, type TestClawLink } from './clawlink.ts'
import { startTokenProvider, type TokenProvider } from './token-provider.ts'

export type DemoClaw = TestClawLink & { demo: TokenProvider }

const account = { request: 'GET /me', id: 'id', label: 'name', keep: { team: 'team.id' } }
const tools = { whoami: tool({ about: 'Who am I at this provider.', input: {}, request: 'GET /me' }) }

/** What both providers of the shared OAuth app name. */
const shared = {
  slug: 'demo-cloud',
  name: 'Demo Cloud',
  console: 'https://cloud.example/apps',
  steps: ['Enter {redirectUri} there.', 'Choose {scopes}.'],
  warnings: [{ title: 'Testing mode', text: 'It ends after 7 days.' }],
  file: {
    about: 'the file client_secret.json',
    clientId: ['web.client_id'],
    clientSecret: ['web.client_secret'],
    redirectUris: ['web.redirect_uris'],
  },
}

export async function startWithDemo(options: StartOptions = {}): Promise<DemoClaw> {
  const demo = await startTokenProvider()
  const claw = await startClawLink({
    connected: false,
    ...options,
    config: { outboundAllow: [new URL(demo.url).host], ...options.config },
  })
  const { url } = demo
  const cloud = oauth2({
    id: 'cloud',
    authorize: `${url}/authorize`,
    token: `${url}/token`,
    revoke: `${url}/revoke`,
    scopes: ['read', 'write'],
    app: shared,
  })
  const facts = { about: 'A provider for tests.', account, tools, api: { base: url } }
  claw.app.catalog = buildCatalog(
    {
      ...connectors,
      demo: connector({
        ...facts,
        name: 'Demo',
        category: 'tests',
        inputs: {
          site: { label: 'Site', example: 'acme', matches: /[a-z]+/ },
          region: { label: 'Region', options: ['eu', 'us'], default: 'eu' },
        },
        auth: [
          apiKey({ label: 'API key', header: 'x-key', console: 'https://demo.example/keys', advice: 'Tick read.' }),
          basic({
            label: 'user and password',
            fields: { username: { label: 'User' }, secret: { label: 'Password', secret: true } },
          }),
          headers({
            label: 'two keys',
            fields: { app_key: { label: 'App key', secret: true }, api_key: { label: 'API key', secret: true } },
            headers: { 'x-app': '{app_key}', 'x-api': '{api_key}', 'x-site': '{site}' },
          }),
          clientCredentials({ label: 'machine app', token: `${url}/token`, revoke: `${url}/revoke`, scopes: ['all'] }),
          cloud,
        ],
      }),
      demo_files: connector({ ...facts, name: 'Demo Files', auth: [{ ...cloud, scopes: ['files'] }] }),
      demo_open: connector({ ...facts, name: 'Demo Open', auth: [none()] }),
    },
    claw.app.config.baseUrls,
  )
  return Object.assign(claw, {
    demo,
    async [Symbol.asyncDispose]() {
      await claw.stop()
      await demo[Symbol.asyncDispose]()
    },
  })
}

/** The answer of the provider that names an account. */
export const me = (id = 'u1', name = 'Mara') => ({ body: { id, name, team: { id: 't1' } } })
