/** Credentials that are kept outside of ClawLink and read at each use. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { type Member, signIn } from '../kit/member.ts'
import { startTokenProvider } from '../kit/token-provider.ts'
import { account, otherAccount } from './tools.ts'

type Owned = TestClawLink & { owner: Member }

async function started(config: Parameters<typeof startClawLink>[0] = {}): Promise<Owned> {
  const claw = await startClawLink({ connected: false, ...config })
  return Object.assign(claw, { owner: await signIn(claw, { name: 'Ada', role: 'owner' }) })
}

const refer = (member: Member, secretRef: string) =>
  member.rest('POST', '/connections', { provider: 'sandbox', secretRef })

/** The mail address of the account that a call was made with, or the code of what went wrong. */
async function whoami(claw: TestClawLink): Promise<unknown> {
  const { body } = await claw.call('sandbox_whoami')
  return body.code ?? Object(body.data).email
}

describe('a variable', () => {
  const name = 'CLAWLINK_SECRET_SANDBOX_KEY'
  afterEach(() => {
    delete process.env[name]
    delete process.env.CLAWLINK_SECRET_OTHER
  })

  test('is read at each call and kept nowhere', async () => {
    await using claw = await started()
    process.env[name] = account.apiKey
    const { status, body } = await refer(claw.owner, 'env:SANDBOX_KEY')
    expect([status, body]).toMatchObject([201, { secretRef: 'env:SANDBOX_KEY', account: { label: account.email } }])
    expect(await whoami(claw)).toBe(account.email)
    expect(await claw.rows('credentials')).toEqual([])
    expect(JSON.stringify(await claw.rows('connections')) + claw.answered() + claw.logged()).not.toContain(
      account.apiKey,
    )
    process.env[name] = otherAccount.apiKey
    expect(await whoami(claw)).toBe(otherAccount.email)
    delete process.env[name]
    expect((await claw.call('sandbox_whoami')).body).toMatchObject({
      code: 'authentication_failed',
      detail: `The variable ${name} is not set.`,
      fix: expect.stringContaining(name),
    })
  })

  test('that is not meant for it cannot be read', async () => {
    await using claw = await started()
    for (const secretRef of ['env:PATH', 'env:HOME', 'env:../PATH', 'env:', 'env:path'])
      expect((await refer(claw.owner, secretRef)).status).toBeGreaterThanOrEqual(400)
    expect(claw.sandbox.requests).toEqual([])
  })
})

describe('a file', () => {
  async function withFolder() {
    const claw = await started()
    const folder = join(claw.dataDir, 'secrets')
    mkdirSync(join(folder, 'sub'), { recursive: true })
    claw.app.config.secretsDir = folder
    const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
    return { claw, folder, put }
  }

  test('is read at each call without its last newline, as a text or as an object of parts', async () => {
    const { claw, put } = await withFolder()
    await using _ = claw
    put('sub/key', `${account.apiKey}\n`)
    expect((await refer(claw.owner, 'file:sub/key')).status).toBe(201)
    expect(await whoami(claw)).toBe(account.email)
    put('sub/key', JSON.stringify({ secret: otherAccount.apiKey }))
    expect(await whoami(claw)).toBe(otherAccount.email)
  })

  test.each([
    ['that is not there', 'file:none', () => {}],
    ['above the folder', 'file:../clawlink.db', () => {}],
    ['by an absolute path', 'file:/etc/hostname', () => {}],
    ['that a link leads out to', 'file:link', (folder: string) => symlinkSync('/etc/hostname', join(folder, 'link'))],
    ['below a link that leads out', 'file:dir/hostname', (folder: string) => symlinkSync('/etc', join(folder, 'dir'))],
    ['that is a folder', 'file:sub', () => {}],
    ['that is empty', 'file:empty', (folder: string) => writeFileSync(join(folder, 'empty'), '\n')],
    ['that is too large', 'file:big', (folder: string) => writeFileSync(join(folder, 'big'), 'a'.repeat(65_537))],
  ])('%s is refused, and nothing is sent', async (_, secretRef, prepare) => {
    const { claw, folder } = await withFolder()
    await using _claw = claw
    prepare(folder)
    const answer = await refer(claw.owner, secretRef)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.text).not.toContain('aaaa')
    expect(claw.sandbox.requests).toEqual([])
    expect(await claw.rows('connections')).toEqual([])
  })

  test('without a folder that is set cannot be read', async () => {
    await using claw = await started()
    expect((await refer(claw.owner, 'file:key')).body.fix).toContain('CLAWLINK_SECRETS_DIR')
  })
})

describe('HashiCorp Vault', () => {
  const kept = (value: unknown) => ({ body: { data: { data: value, metadata: { version: 1, deletion_time: '' } } } })

  async function withVault(more: Record<string, unknown> = {}) {
    const vault = await startTokenProvider()
    const config = { vaultUrl: vault.url, vaultToken: new Secret('planted-vault-token'), ...more }
    const claw = await started({ config })
    const stop = async () => {
      await claw.stop()
      await vault[Symbol.asyncDispose]()
    }
    return { claw, vault, [Symbol.asyncDispose]: stop }
  }

  test('is asked at each call, with its token, and a rotated value counts at the next one', async () => {
    await using both = await withVault({ vaultMount: 'kv', vaultNamespace: 'team-a' })
    const { claw, vault } = both
    vault.answers(kept({ key: account.apiKey }))
    expect((await refer(claw.owner, 'vault:apps/sand box#key')).status).toBe(201)
    const [asked] = vault.asked
    expect(`${asked?.method} ${asked?.path}`).toBe('GET /v1/kv/data/apps/sand%20box')
    expect(asked?.headers).toMatchObject({
      'x-vault-token': 'planted-vault-token',
      'x-vault-namespace': 'team-a',
      'x-vault-request': 'true',
    })
    vault.answers(kept({ key: account.apiKey }), kept({ key: otherAccount.apiKey }))
    expect([await whoami(claw), await whoami(claw)]).toEqual([account.email, otherAccount.email])
    expect(vault.asked).toHaveLength(3)
    expect(await claw.rows('credentials')).toEqual([])
    const seen = claw.answered() + claw.logged() + JSON.stringify(await claw.rows('connections'))
    for (const secret of ['planted-vault-token', account.apiKey, otherAccount.apiKey])
      expect(seen).not.toContain(secret)
  })

  test('gives several parts from one path', async () => {
    await using both = await withVault()
    const { claw, vault } = both
    vault.answers(kept({ secret: account.apiKey }))
    expect((await refer(claw.owner, 'vault:sandbox')).status).toBe(201)
    expect(vault.asked[0]?.path).toBe('/v1/secret/data/sandbox')
  })

  const deleted = { status: 404, body: { data: { data: null, metadata: { version: 3, deletion_time: '2026-01-01' } } } }
  test.each([
    ['does not let it in', { status: 403, body: { errors: ['permission denied'] } }, 'does not let ClawLink read'],
    ['has nothing there', { status: 404, body: { errors: [] } }, 'has nothing under'],
    ['has a deleted version there', deleted, 'was deleted'],
    ['has no such key', kept({ other: 'planted-other' }), 'keeps nothing under'],
    ['has an object of objects there', kept({ key: { a: { b: 'planted-deep' } } }), 'not a secret'],
    ['is sealed', { status: 503, body: { errors: ['Vault is sealed'] } }, 'answered 503'],
    ['hangs up', { drop: true }, 'could not be asked'],
    ['leads elsewhere', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, 'answered 307'],
  ])('that %s is told of without any secret, and nothing goes to the provider', async (_, answer, words) => {
    await using both = await withVault()
    const { claw, vault } = both
    vault.answers(kept({ key: account.apiKey }))
    expect((await refer(claw.owner, 'vault:sandbox#key')).status).toBe(201)
    claw.sandbox.takeRequests()
    vault.answers(answer)
    const { body, text } = await claw.call('sandbox_whoami')
    expect(body.detail).toContain(words)
    expect(body.fix).not.toBe('')
    expect(claw.sandbox.requests).toEqual([])
    expect(text + claw.logged()).not.toContain('planted')
  })

  test('that is not set cannot be referred to', async () => {
    await using claw = await started()
    expect((await refer(claw.owner, 'vault:sandbox#key')).body.fix).toContain('CLAWLINK_VAULT_URL')
  })
})

describe('who may refer to a secret outside', () => {
  test('is an owner of the first workspace alone, and nobody else learns what is there', async () => {
    await using claw = await started()
    process.env.CLAWLINK_SECRET_OTHER = account.apiKey
    const admin = await signIn(claw, { name: 'Bo', role: 'admin' })
    const answers = [await refer(admin, 'env:OTHER'), await refer(admin, 'env:NONE')]
    answers.push(await claw.rest('POST', '/connections', { body: { provider: 'sandbox', secretRef: 'env:OTHER' } }))
    const own = await admin.rest('POST', '/workspaces', { name: 'Mine' })
    const elsewhere = await claw.app.db.read.selectFrom('workspaces').select('id').where('name', '=', 'Mine').execute()
    expect([own.status, elsewhere.length]).toEqual([201, 1])
    const boss = await signIn(claw, { name: 'Cy', role: 'owner', workspaceId: elsewhere[0]?.id })
    answers.push(await refer(boss, 'env:OTHER'))
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    delete process.env.CLAWLINK_SECRET_OTHER
    expect(claw.sandbox.requests).toEqual([])
  })
})
