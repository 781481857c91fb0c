import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fault } from '../../src/core/errors.ts'
import { type Cassette, formatCassette, parseCassette } from '../../src/net/cassette.ts'
import { recordingNet } from '../../src/net/cassette-record.ts'
import { type RestAnswer, startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type CliEnd, runCli } from '../kit/cli.ts'
import { readCassette, startReplayed } from '../kit/replayed.ts'
import { writtenForms } from '../kit/scan.ts'

let claw: TestClawLink
let file: string

beforeAll(async () => {
  claw = await startClawLink()
  file = join(claw.dataDir, 'cassette.json')
})
afterAll(() => claw.stop())

/** `clawlink record` beside the running server, on the same data. */
function record(...args: string[]): Promise<CliEnd> {
  const { databaseUrl, keyringFile, dataDir } = claw.app.config
  const settings = ['--data', dataDir, '--keyring-file', keyringFile, '--sandbox-port', String(claw.sandbox.port)]
  const env = databaseUrl && { CLAWLINK_DATABASE_URL: databaseUrl.reveal() }
  return runCli(['record', ...args, ...settings], { home: dataDir, ...(env && { env }) })
}

function read(path: string): Cassette {
  const cassette = parseCassette(readFileSync(path, 'utf8'))
  if (cassette instanceof Fault) throw cassette
  return cassette
}

const without = ({ body: { callId: _, connection: __, ...body }, status }: RestAnswer) => ({ ...body, status })

test('what is recorded holds no secret, and is played byte for byte with equal answers', async () => {
  const { apiKey } = claw.sandbox
  const project = 'website'
  const issue = { project, title: `Key ${apiKey} leaked`, body: writtenForms(apiKey).join('\n') }
  const calls: [string, Record<string, unknown>][] = [
    ['sandbox_whoami', {}],
    ['sandbox_list_issues', { project, per_page: 2 }],
    ['sandbox_get_issue', { project, number: 9999 }],
    ['sandbox_create_issue', issue],
  ]
  const live: RestAnswer[] = []
  for (const [tool, args] of calls.slice(0, 3)) live.push(await claw.call(tool, args))

  const words = calls.flatMap(([tool, args]) => [tool, JSON.stringify(args)])
  const { exitCode, stdout, stderr } = await record(...words, '--out', file)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain('4 exchanges')
  expect(stdout).toMatch(/[1-9]\d* credentials that were repeated/)
  expect(stdout).toContain('look through it before you share it')
  expect(stdout).toContain('sandbox_get_issue:')
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  const text = readFileSync(file, 'utf8')
  for (const form of writtenForms(apiKey)) expect(text + stdout).not.toContain(form)
  expect(text).toContain('Key ••• leaked')

  const { sandbox } = claw
  await using replayed = await startReplayed(read(file), {
    baseUrls: { sandbox: sandbox.url },
    connect: null,
  })
  const again = recordingNet(replayed.net)
  replayed.app.net = again
  sandbox.takeRequests()
  // Whoever connects is asked who they are, which takes up that exchange.
  await replayed.connect({ secret: apiKey })
  for (const [at, [tool, args]] of calls.slice(1).entries()) {
    const answer = await replayed.call(tool, args)
    if (at < 2) expect(without(answer)).toEqual(without(live[at + 1] ?? answer))
    else expect(answer).toMatchObject({ status: 200, body: { data: { title: 'Key ••• leaked' } } })
  }
  expect(replayed.net.left()).toEqual([])
  expect(formatCassette(again.cassette().cassette)).toBe(text)
  expect([...sandbox.requests, ...replayed.sandbox.requests]).toEqual([])
})

test('a cassette that is there is replaced or added to only when told, and nothing is called before that is known', async () => {
  const out = ['--out', join(claw.dataDir, 'twice.json')] as const
  expect((await record('sandbox_whoami', ...out)).exitCode).toBe(0)
  claw.sandbox.takeRequests()
  const refused = await record('sandbox_whoami', ...out)
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is there already') })
  expect(claw.sandbox.requests).toEqual([])
  expect((await record('sandbox_list_projects', ...out, '--append')).exitCode).toBe(0)
  const paths = () => read(out[1]).exchanges.map(({ request }) => new URL(request.url).pathname)
  expect(paths()).toEqual(['/me', '/projects'])
  const told = await record('sandbox_list_folders', ...out, '--force', '--json')
  expect(JSON.parse(told.stdout)).toMatchObject({
    exchanges: [{ request: `GET ${claw.sandbox.url}/mail/folders`, answer: '200' }],
    calls: [{ tool: 'sandbox_list_folders', outcome: 'succeeded' }],
    blanked: { credentials: 0 },
  })
  expect(paths()).toEqual(['/mail/folders'])
})

test('calls that send nothing leave no file and say why', async () => {
  const out = join(claw.dataDir, 'never.json')
  for (const [words, named] of [
    [['sandbox_get_isue'], 'not_found'],
    [['sandbox_get_issue', '{"project":1'], 'validation_error'],
    [['{"project":1}', 'sandbox_get_issue'], 'after the name'],
    [['sandbox_list_issues', '{"project":"website"}', '{"project":"mobile"}'], 'once for each call'],
  ] as const) {
    const { exitCode, stderr } = await record(...words, '--out', out)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(named)])
  }
  claw.sandbox.takeRequests()
  const nowhere = await record('sandbox_whoami', '--out', join(claw.dataDir, 'no-folder', 'x.json'))
  expect(nowhere).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cannot be written') })
  expect(claw.sandbox.requests).toEqual([])
  expect(existsSync(out)).toBe(false)
})

test('a cassette from the sandbox is played without it: pages, a refusal and a write', async () => {
  await using replayed = await startReplayed(readCassette('sandbox-issues'))
  const project = 'website'
  const first = await replayed.call('sandbox_list_issues', { project, per_page: 2 })
  expect(first.body).toMatchObject({ outcome: 'succeeded', data: [{ number: 37 }, { number: 36 }] })
  const refused = await replayed.call('sandbox_get_issue', { project, number: 9999 })
  expect(refused).toMatchObject({ status: 404, body: { code: 'not_found', providerStatus: 404 } })
  const made = await replayed.call('sandbox_create_issue', { project, title: 'Prices are shown without tax' })
  expect(made.body).toMatchObject({ outcome: 'succeeded', data: { number: 38, state: 'open' } })
  expect(replayed.net.left()).toEqual([])
})

test('what a cassette does not hold reaches no network and fails the test that asks for it', async () => {
  const replayed = await startReplayed(readCassette('sandbox-issues'))
  const { status } = await replayed.call('sandbox_create_issue', { project: 'website', title: 'Another title' })
  expect(status).toBe(500)
  await expect(replayed.stop()).rejects.toThrow(
    'body.title: recorded "Prices are shown without tax", asked "Another title"',
  )
})
