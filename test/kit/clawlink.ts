/** The real ClawLink on a temporary data folder and database, over real HTTP, with a clock that tests move. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createKey } from '../../src/accounts/create-key.ts'
import { createPasswords } from '../../src/accounts/people/passwords.ts'
import type { Environment } from '../../src/accounts/principal.ts'
import type { Scope } from '../../src/accounts/scope.ts'
import type { App } from '../../src/app.ts'
import { addConnection } from '../../src/connections/add-connection.ts'
import { type Config, configSchema } from '../../src/core/config.ts'
import { Fault } from '../../src/core/errors.ts'
import { newId } from '../../src/core/ids.ts'
import { createLog } from '../../src/core/log.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/open.ts'
import { serve } from '../../src/roles/serve.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { compiledOnce } from './compiled-once.ts'
import { newDataDir } from './data-dir.ts'
import { testDatabase } from './database.ts'
import { documentedBy } from './documented.ts'
import { type MovableClock, movableClock } from './movable-clock.ts'
import { type HttpAnswer, type HttpRequest, sendHttp } from './send-http.ts'

export type RestAnswer = { status: number; headers: Headers; body: Record<string, unknown>; text: string }

export type TestClawLink = {
  url: string
  app: App
  clock: MovableClock
  sandbox: Sandbox
  /** A live key of the agent "tester". */
  key: string
  dataDir: string
  /** Everything that was logged, as text. */
  logged(): string
  /** Everything that was answered over HTTP so far, headers included, as text. */
  answered(): string
  newKey(options?: {
    environment?: Environment
    expiresInMs?: number
    agent?: string
    /** Everything unless said otherwise, changing connections too. */
    scope?: Scope
    callsPerMinute?: number
    callsPerDay?: number
  }): Promise<string>
  /** Connects a provider by a secret; the sandbox's first account unless said otherwise. */
  connect(options?: {
    provider?: string
    secret?: string
    label?: string
    environment?: Environment
    makeDefault?: boolean
  }): Promise<{ id: string }>
  /** One request to the server as it is written. */
  http(request: HttpRequest): Promise<HttpAnswer>
  /**
   * One request below `/api/v1` with the key, unless `key` is another one or null. Throws when the answer is not as
   * /api/openapi.json documents it.
   */
  rest(
    method: string,
    path: string,
    options?: {
      body?: unknown
      /** The body as it is written, instead of `body`. */
      raw?: string | Uint8Array
      chunked?: boolean
      headers?: Record<string, string>
      key?: string | null
    },
  ): Promise<RestAnswer>
  /** `POST /tools/{tool}/calls`. */
  call(
    tool: string,
    args?: Record<string, unknown>,
    extra?: { connection?: string; next?: string },
  ): Promise<RestAnswer>
  /** One JSON-RPC message to `/mcp`, as a client of the 2025-11-25 era sends it. */
  mcp(
    method: string,
    params?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Record<string, unknown> }>
  /** Rows of a table as they are stored. */
  rows(table: 'usage' | 'connections' | 'credentials' | 'keys' | 'settings'): Promise<Record<string, unknown>[]>
  /** The database as another process sees it: a handle of its own, with nothing remembered. Closed by `stop`. */
  otherProcess(): Promise<Db>
  /** Stops the server alone: what it stored stays, for `otherProcess` to read. */
  stopServing(): Promise<void>
  stop(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type StartOptions = {
  config?: Partial<Config>
  baseUrls?: Record<string, string>
  sandbox?: Parameters<typeof startSandbox>[0]
  /** Connects the sandbox's first account; true unless said. */
  connected?: boolean
  /**
   * `allow-all`, unless said: a rule allows every call, so that a test about something else need not approve what it
   * destroys. `standard`: no rule, as a new ClawLink starts.
   */
  policy?: 'standard' | 'allow-all'
  /** Passwords are hashed at the cost that a ClawLink has, not at the small one that most tests do with. */
  slowPasswords?: boolean
}

export async function startClawLink({
  config = {},
  baseUrls = {},
  sandbox: sandboxOptions = {},
  connected = true,
  policy = 'allow-all',
  slowPasswords = false,
}: StartOptions = {}): Promise<TestClawLink> {
  const clock = movableClock()
  const dataDir = await newDataDir()
  const database = await testDatabase()
  const sandbox = await startSandbox({ now: clock.now, ...sandboxOptions })
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const log = createLog('debug', sink)
  const settings = configSchema.parse({
    dataDir,
    keyringFile: join(dataDir, 'keys', 'keyring.json'),
    port: 0,
    stopGraceMs: 1000,
    // The clock stands still: whatever has to wait for its turn is parked at once.
    paceWaitMs: 0,
  })
  const serving = await serve(
    {
      ...settings,
      ...(database && { databaseUrl: new Secret(database.url) }),
      ...config,
      baseUrls: { sandbox: sandbox.url, ...baseUrls },
    },
    { clock, log },
  )
  if (serving instanceof Fault) throw new Error(serving.message)
  const { app, url = '' } = serving
  // Between attempts it waits only for as long as the provider asks, unless a test says what chance gives.
  app.random = () => 0
  Object.assign(app, compiledOnce)
  if (!slowPasswords) app.passwords = createPasswords({ cost: { N: 2 ** 10, r: 8, p: 1 } })

  const newKey: TestClawLink['newKey'] = async ({ environment = 'live', agent = 'tester', ...rest } = {}) => {
    const made = orThrow(
      await createKey(app.db, clock.now(), {
        workspaceId: app.workspaceId,
        agent,
        environment,
        scope: { manageConnections: true },
        ...rest,
      }),
    )
    return made.key.reveal()
  }
  const connect: TestClawLink['connect'] = async ({
    provider = 'sandbox',
    secret = sandbox.apiKey,
    environment = 'live',
    ...rest
  } = {}) =>
    orThrow(await addConnection(app, app.workspaceId, { provider, secret: new Secret(secret), environment, ...rest }))

  if (policy === 'allow-all') await allowAll(app, clock.now())
  const key = await newKey()
  if (connected) await connect()
  sandbox.takeRequests()

  const answered: string[] = []
  const http: TestClawLink['http'] = async request => {
    const answer = await sendHttp(url, request)
    answered.push(`${JSON.stringify([...answer.headers])}\n${answer.text}`)
    return answer
  }
  const rest: TestClawLink['rest'] = async (
    method,
    path,
    { body, raw, chunked = false, headers = {}, key: as = key } = {},
  ) => {
    const check = await documented(url)
    const answer = await http({
      method,
      path: `/api/v1${path}`,
      headers: {
        'content-type': 'application/json',
        ...(as !== null && { authorization: `Bearer ${as}` }),
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
      chunked,
    })
    const parsed = JSON.parse(answer.text)
    const mediaType = answer.headers.get('content-type')?.split(';', 1)[0] ?? ''
    check({ method, path, status: answer.status, mediaType, body: parsed })
    return { ...answer, body: parsed }
  }
  const others: Db[] = []
  const otherProcess: TestClawLink['otherProcess'] = async () => {
    const db = orThrow(await openDb(app.config))
    others.push(db)
    return db
  }
  const stop = async () => {
    await Promise.all(others.map(db => db.close()))
    await serving.stop()
    await sandbox.stop()
    await database?.drop()
    rmSync(dataDir, { recursive: true, force: true })
  }

  return {
    url,
    app,
    clock,
    sandbox,
    key,
    dataDir,
    logged: () => lines.join(''),
    answered: () => answered.join('\n'),
    newKey,
    connect,
    http,
    rest,
    otherProcess,
    stopServing: serving.stop,
    call: (tool, args = {}, extra = {}) =>
      rest('POST', `/tools/${tool}/calls`, { body: { arguments: args, ...extra } }),
    async mcp(method, params, headers = {}) {
      const { status, text } = await http({
        method: 'POST',
        path: '/mcp',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
          authorization: `Bearer ${key}`,
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      })
      return { status, body: jsonOrEvent(text) }
    },
    rows: table => app.db.read.selectFrom(table).selectAll().execute(),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Every ClawLink of a test file has the same routes: their document is read once, and each schema of it compiled once. */
let document: Promise<ReturnType<typeof documentedBy>> | undefined
function documented(url: string): Promise<ReturnType<typeof documentedBy>> {
  document ??= sendHttp(url, { method: 'GET', path: '/api/openapi.json' }).then(({ text }) =>
    documentedBy(JSON.parse(text)),
  )
  return document
}

async function allowAll({ db, workspaceId }: App, nowMs: number): Promise<void> {
  await db.insert('rules', {
    id: newId('rule', nowMs),
    workspace_id: workspaceId,
    position: 1,
    name: 'Tests may do everything',
    decision: 'allow',
    match: '{}',
    created_by: '',
    created_at: nowMs,
    expires_at: null,
  })
}

/** The JSON of an answer, whether it came plain or as the one event of a stream. */
function jsonOrEvent(text: string): Record<string, unknown> {
  return JSON.parse(text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '{}'))
}

function orThrow<T>(value: T | Fault): T {
  if (value instanceof Fault) throw new Error(`${value.code}: ${value.message}`)
  return value
}
