import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundledCli } from '../kit/bundled-cli.ts'
import { spawnCli } from '../kit/cli.ts'
import { type TempHome, tempHome } from './temp-home.ts'

let home: TempHome
beforeAll(() => {
  home = tempHome()
})
afterAll(() => home[Symbol.dispose]())

const startArgs = ['start', '--port', '0', '--log-level', 'error']
const start = async (json = false) => {
  const cli = await bundledCli()
  const server = spawnCli(json ? [...startArgs, '--json'] : startArgs, { home: home.path, cli })
  await server.until(json ? /^\}/m : /Ctrl-C/)
  return server
}
const linkIn = (text: string) => /http:\/\/\S+#cli_[0-9a-f]{48}/.exec(text)?.[0] ?? ''

async function post(link: string, path: string, body: object = {}): Promise<number> {
  const { origin, hash } = new URL(link)
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: hash.slice(1), ...body }),
  })
  return answer.status
}

test('each start prints a link to become the owner, until there is one; owner-link makes another at any time', async () => {
  let first: string
  {
    await using server = await start()
    first = linkIn(server.said().stdout)
    expect(first).toContain('/setup#')
    expect(await post(first, '/invitations/read')).toBe(200)
    server.signal('SIGTERM')
    await server.ended
  }
  await using server = await start(true)
  const { url, setupUrl } = JSON.parse(server.said().stdout)
  const here = (link: string) => link.replace(new URL(link).origin, url)
  expect(setupUrl).toContain(`${url}/setup#`)
  expect(await post(here(first), '/invitations/read')).toBe(404)

  const told = await home.run(['owner-link'])
  expect(told).toMatchObject({ exitCode: 0, stderr: '' })
  expect(linkIn(told.stdout)).toContain(`${url}/setup#`)
  expect(await post(setupUrl, '/invitations/read')).toBe(404)
  const owner = { email: 'ada@example.com', name: 'Ada', password: 'four plain words here' }
  expect(await post(linkIn(told.stdout), '/invitations/accept', owner)).toBe(200)

  const { link, expiresAt } = await home.json(['owner-link'])
  expect(link).toContain(`${url}/invite#`)
  expect(Date.parse(String(expiresAt))).toBeGreaterThan(Date.now())
  server.signal('SIGTERM')
  await server.ended
  await using again = await start()
  expect(linkIn(again.said().stdout)).toBe('')
})
