/** Two machines at one relay, by the commands that its users type. */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliProcess, spawnCli } from '../kit/cli.ts'
import { type TempHome, tempHome } from './temp-home.ts'

let home: TempHome
let relay: CliProcess
let url: string
/** What each machine has set. */
let ada: { env: Record<string, string> }
let bob: { env: Record<string, string> }

beforeAll(async () => {
  home = tempHome()
  relay = spawnCli(['relay', '--ephemeral', '--for', 'ada,bob', '--port', '0', '--json'], { home: home.path })
  await relay.until(/^}\n/m)
  const shown = JSON.parse(relay.said().stdout)
  url = shown.url
  const [first, second] = shown.keys as { agent: string; key: string }[]
  ada = { env: { CLAWLINK_URL: url, CLAWLINK_KEY: first?.key ?? '' } }
  bob = { env: { CLAWLINK_URL: url, CLAWLINK_KEY: second?.key ?? '' } }
})
afterAll(async () => {
  await relay[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const read = async (args: string[], as: { env: Record<string, string> }) => {
  const { exitCode, stdout, stderr } = await home.run(args, as)
  expect({ exitCode, stderr }, args.join(' ')).toEqual({ exitCode: 0, stderr: '' })
  return stdout
}

test('a task goes to whoever can do it, and its result comes back to the terminal that waits for it', async () => {
  await read(['register', '--capability', 'review,code', '--description', 'Reads prose.'], bob)
  expect(await read(['discover', '--capability', 'review', '--online'], ada)).toMatch(
    /^AGENT +STATUS .*\nbob +online +\d+ s ago .* review, code +Reads prose\.\n$/,
  )
  writeFileSync(join(home.path, 'context.json'), '{"page":"/pricing"}')
  const asked = ['delegate', '--capability', 'review', 'Read the page', '--context', '@context.json', '--wait', '25']
  await using delegating = spawnCli([...asked, '--priority', 'urgent'], { home: home.path, ...ada })

  const polled = await read(['poll', '--wait', '20', '--ack'], bob)
  expect(polled).toMatch(/^Task from ada .* urgent\n {2}Read the page\n[\s\S]*"page": "\/pricing"/)
  const [, task = ''] = /clawlink respond (task_\S+)/.exec(polled) ?? []
  expect(await read(['respond', task, '--result', '{"clear":true}', '--note', 'Looks good.'], bob)).toBe(
    `${task} is completed.\n`,
  )
  expect(await delegating.ended).toBe(0)
  expect(delegating.said().stdout).toMatch(/^Read the page\n[\s\S]* complete +bob\n[\s\S]*"clear": true/)
  expect(delegating.said().stderr).toContain(`${task}  submitted (bob)`)
  expect(await home.json(['tasks', task], ada)).toMatchObject({ id: task, state: 'completed' })
  expect(await read(['tasks'], bob)).toMatch(new RegExp(`^TASK .*\\n${task} +completed +ada +bob .* Read the page\\n$`))
  expect(await home.json(['poll'], bob)).toEqual({ items: [] })
})

test('who watches sees a broadcast at once, has acknowledged it, and ends at Ctrl-C', async () => {
  await read(['subscribe', 'builds', '--tag', 'prod,test'], bob)
  expect(await read(['subscribe'], bob)).toBe('TOPIC   TAGS\nbuilds  prod, test\n')
  await using watching = spawnCli(['register', '--watch', '--json'], { home: home.path, ...bob })
  await expect.poll(() => watching.said().stderr, { timeout: 15_000 }).toContain('Waiting for what arrives')
  const sent = await home.json(['broadcast', 'builds', 'It is green', '--tag', 'prod'], ada)
  expect(sent).toMatchObject({ recipients: 1, refused: 0 })
  await watching.until(/\n/)
  expect(JSON.parse(watching.said().stdout)).toMatchObject({ kind: 'broadcast', body: { content: 'It is green' } })
  watching.signal('SIGINT')
  expect(await watching.ended).toBe(0)
  expect(await home.json(['poll'], bob)).toEqual({ items: [] })
})

test('a file is shared in versions, a lost race says what to do, and any version comes back', async () => {
  const path = join(home.path, 'plan.md')
  writeFileSync(path, 'one\n')
  expect(await read(['file', 'put', path, 'notes/plan.md'], ada)).toBe('notes/plan.md  version 1, 4 bytes\n')
  writeFileSync(path, 'two\n')
  const lost = await home.run(['file', 'put', path, 'notes/plan.md'], bob)
  expect(lost).toMatchObject({ exitCode: 1, stdout: '' })
  expect(lost.stderr).toContain('--base 1')
  const unmerged = await home.run(['file', 'put', path, 'notes/plan.md', '--merge'], bob)
  expect(unmerged.stderr).toMatch(/changed the same lines.* --base 1\.\n$/)
  const second = await home.json(['file', 'put', path, 'notes/plan.md', '--base', '1'], bob)
  expect(second).toMatchObject({ version: 2, mediaType: 'text/markdown', by: { name: 'bob' } })
  expect(await read(['file', 'get', 'notes/plan.md'], ada)).toBe('two\n')
  const saved = join(home.path, 'saved.md')
  await read(['file', 'get', 'notes/plan.md', '--version', '1', '--output', saved], ada)
  expect(readFileSync(saved, 'utf8')).toBe('one\n')
  expect(await read(['file', 'restore', 'notes/plan.md', '1'], ada)).toContain('version 3, as version 1 was')
  expect(await read(['file', 'history', 'notes/plan.md'], bob)).toMatch(
    /^VERSION .*\n3 +restore of 1 .* ada .*\n2 +put .* bob .*\n1 +put .* ada .*\n$/,
  )
  await read(['file', 'delete', 'notes/plan.md'], bob)
  expect(await read(['file', 'list'], ada)).toBe('There is no shared file. Share one: clawlink file put <path>\n')
})

test('a history is listed to its end', async () => {
  for (let version = 1; version <= 201; version++)
    await fetch(`${url}/api/v1/relay/files/log.txt?baseVersion=any`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ada.env.CLAWLINK_KEY}` },
      body: `${version}`,
    })
  const { items } = await home.json(['file', 'history', 'log.txt'], ada)
  expect((items as { version: number }[]).map(({ version }) => version)).toEqual(
    Array.from({ length: 201 }, (_, at) => 201 - at),
  )
})

test('a list of tasks says when there are older ones', async () => {
  expect(await read(['tasks'], bob)).not.toContain('older ones')
  for (let number = 0; number <= 50; number++)
    await fetch(`${url}/api/v1/relay/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.env.CLAWLINK_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: 'bob', task: `Number ${number}` }),
    })
  expect(await read(['tasks', '--open'], bob)).toMatch(/\nThe latest 50\. There are older ones\.\n$/)
})

test('what is no key of a shared file is refused, and nothing else is done instead', async () => {
  await read(['register'], ada)
  const { exitCode, stderr } = await home.run(['file', 'delete', '../agents/me'], ada)
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('no `.` or `..` as a part') })
  expect(await read(['discover'], bob)).toMatch(/^ada /m)
})

test('a machine that has paired needs neither URL nor key', async () => {
  using other = tempHome()
  const folder = join(other.path, '.config', 'clawlink')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ [url]: { key: ada.env.CLAWLINK_KEY } }))
  expect(await other.json(['register', '--name', 'desk'])).toMatchObject({ name: 'ada', devices: [{ name: 'desk' }] })
})

test.each([
  ['no relay answers', ['discover', '--url', 'http://127.0.0.1:1'], {}, 'provider_unavailable', 'clawlink start'],
  ['there is no key', ['discover'], { CLAWLINK_KEY: '' }, 'unauthorized', 'clawlink pair --url'],
  ['the key is wrong', ['discover'], { CLAWLINK_KEY: 'cllk_live_0' }, 'unauthorized', 'CLAWLINK_KEY'],
  ['there is no such agent', ['delegate', 'eve', 'Hello'], {}, 'not_found', ''],
  ['nobody is named', ['delegate', 'Hello'], {}, 'validation_error', '--capability'],
  ['no task is given', ['delegate', 'bob'], {}, 'validation_error', 'Say both who is to do it and what.'],
])('when %s, the command says so and what to do', async (_, args, env, code, words) => {
  const { exitCode, stdout, stderr } = await home.run([...args, '--json'], { env: { ...ada.env, ...env } })
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  const { detail, fix, ...problem } = JSON.parse(stderr)
  expect(problem).toMatchObject({ code })
  expect(`${detail} ${fix}`).toContain(words)
})

test.each([
  [['--host', '0.0.0.0', '--ephemeral'], 'forbidden', 'Name the agents that get one: --for laptop,server'],
  [['--mdns'], 'validation_error', 'Give --host 0.0.0.0 too.'],
  [['--for', 'ada'], 'validation_error', 'Make lasting keys: clawlink keys create --name <agent>'],
])('a relay does not start with %j', async (args, code, fix) => {
  using other = tempHome()
  const { exitCode, stdout, stderr } = await other.run(['relay', '--port', '0', '--json', ...args])
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(JSON.parse(stderr)).toMatchObject({ code, fix })
})

test('beyond this machine a relay starts only once there is a key, and says how others get one', async () => {
  using other = tempHome()
  // An address of this machine, in a form that is not taken for one.
  const args = ['relay', '--host', '127.1', '--port', '0']
  const refused = await other.run(args)
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('Make one: clawlink keys create --name <agent>')
  const { key } = await other.json(['keys', 'create', '--name', 'ada'])
  await using running = spawnCli(args, { home: other.path })
  await running.until(/Ctrl-C stops it/)
  expect(running.said().stdout).toMatch(/npx clawlink pair --url http:\/\/127\.1:\d+\n/)
  expect(await other.json(['discover'], { env: { CLAWLINK_KEY: String(key) } })).toEqual({ items: [] })
  running.signal('SIGINT')
  expect(await running.ended).toBe(0)
})

test('an ephemeral relay has no file with a name while it runs, and leaves none when it is killed', async () => {
  using other = tempHome()
  const args = ['relay', '--ephemeral', '--for', 'ada', '--port', '0']
  await using running = spawnCli(args, { home: other.path, env: { TMPDIR: other.path } })
  await running.until(/Ctrl-C stops it/)
  expect(running.said().stdout).toMatch(/export CLAWLINK_URL=\S+ CLAWLINK_KEY=cllk_live_/)
  if (process.platform === 'linux') {
    const folder = `/proc/${running.pid}/fd`
    const open = readdirSync(folder).map(name => linkAt(join(folder, name)))
    const database = open.filter(path => path.includes('clawlink-relay-'))
    expect(database.length).toBeGreaterThan(0)
    for (const path of database) expect(path).toMatch(/ \(deleted\)$/)
  }
  running.signal('SIGKILL')
  await running.ended
  expect(readdirSync(other.path, { recursive: true })).toEqual([])
})

/** What an open file of another process is; empty when it was closed in the meantime. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
