/** Workspaces, their members and invitations. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { asBrowser, cookieOf, type Person, signUp } from '../kit/person.ts'

let claw: TestClawLink
let owner: Person
beforeAll(async () => {
  // Without a worker, whose timers would all go off while the clock moves by weeks.
  claw = await startClawLink({ connected: false, config: { roles: ['web'] } })
  owner = await signUp(claw)
})
afterAll(() => claw.stop())

const tokenOf = ({ body }: { body: Record<string, unknown> }) => String(body.link).split('#')[1] ?? ''
const weekMs = 7 * 24 * 60 * 60_000

describe('an invitation', () => {
  test('brings somebody in with its role, once, and is told in the audit record', async () => {
    const made = await owner.rest('POST', '/invitations', { body: { role: 'admin' } })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ role: 'admin', email: null })
    expect(made.body.link).toMatch(new RegExp(`^${claw.url}/invite#cli_[0-9a-f]{48}$`))
    const listed = (await owner.rest('GET', '/invitations')).body.items as object[]
    expect(listed).toMatchObject([{ id: made.body.id, createdBy: 'Ada' }])
    const admin = await signUp(claw, { invitation: tokenOf(made), name: 'Grace' })
    expect((await owner.rest('GET', '/invitations')).body.items).toEqual([])
    expect((await owner.rest('GET', '/members')).body.items).toContainEqual({
      id: admin.personId,
      name: 'Grace',
      email: admin.email,
      role: 'admin',
      since: new Date(claw.clock.now()).toISOString(),
    })
    const { items } = (await owner.rest('GET', '/audit?action=invitation.accepted')).body
    expect(items).toMatchObject([{ actor: { id: admin.personId }, target: made.body.id }, {}])
  })

  test('ends after a week, and when it is taken back', async () => {
    const invited = () => owner.rest('POST', '/invitations', { body: { role: 'member' } })
    const [late, taken] = [await invited(), await invited()]
    expect((await owner.rest('DELETE', `/invitations/${taken.body.id}`)).body).toEqual({ id: taken.body.id })
    expect((await owner.rest('DELETE', `/invitations/${taken.body.id}`)).status).toBe(404)
    const read = async (made: typeof late) =>
      (await asBrowser(claw)('POST', '/invitations/read', { body: { token: tokenOf(made) } })).status
    expect([await read(late), await read(taken)]).toEqual([200, 404])
    claw.clock.move(weekMs - 1)
    expect(await read(late)).toBe(200)
    claw.clock.move(1)
    expect(await read(late)).toBe(404)
    owner = await signUp(claw)
  })

  test('for an address is accepted by the account of that address alone', async () => {
    const made = await owner.rest('POST', '/invitations', { body: { role: 'member', email: 'Linus@Example.com' } })
    const token = tokenOf(made)
    expect(made.body.email).toBe('linus@example.com')
    const other = await signUp(claw, { workspaceId: await newWorkspace(owner) })
    expect((await other.rest('POST', '/invitations/accept', { body: { token } })).body.code).toBe('forbidden')
    const eve = { token, email: 'eve@example.com', name: 'Eve', password: 'four plain words here' }
    expect((await asBrowser(claw)('POST', '/invitations/accept', { body: eve })).body.code).toBe('forbidden')
    expect(await claw.app.db.read.selectFrom('people').select('id').where('email', '=', eve.email).execute()).toEqual(
      [],
    )
    const { email: _, ...linus } = eve
    const answer = await asBrowser(claw)('POST', '/invitations/accept', { body: linus })
    expect((await asBrowser(claw, cookieOf(answer))('GET', '/me')).body.person).toMatchObject({
      email: 'linus@example.com',
    })
  })

  test('is accepted with an account that exists only by who is signed in to it', async () => {
    const person = await signUp(claw, { workspaceId: await newWorkspace(owner), role: 'member' })
    const made = await owner.rest('POST', '/invitations', { body: { role: 'member', email: person.email } })
    const token = tokenOf(made)
    const offer = await asBrowser(claw)('POST', '/invitations/read', { body: { token } })
    expect(offer.body).toMatchObject({ email: person.email, accountExists: true })
    const body = { token, email: person.email, name: 'Not Ada', password: 'a password of somebody else' }
    const refused = await asBrowser(claw)('POST', '/invitations/accept', { body })
    expect(refused.body.code).toBe('conflict')
    expect(cookieOf(refused)).toBeUndefined()
    expect((await person.rest('POST', '/invitations/accept', { body: { token } })).body).toEqual({
      status: 'signed_in',
    })
    expect((await person.rest('GET', '/me')).body.workspaces).toHaveLength(2)
    const headers = { 'x-clawlink-workspace': claw.app.workspaceId }
    expect((await person.rest('GET', '/whoami', { headers })).body.member).toMatchObject({ role: 'member' })
  })

  test('accepted at the same time by many brings in one', async () => {
    const token = tokenOf(await owner.rest('POST', '/invitations', { body: { role: 'member' } }))
    const answers = await Promise.all(
      [1, 2, 3, 4].map(i =>
        asBrowser(claw)('POST', '/invitations/accept', {
          body: { token, email: `many-${i}@example.com`, name: 'M', password: 'four plain words here' },
        }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404])
    const made = await claw.app.db.read.selectFrom('people').select('id').where('email', 'like', 'many-%').execute()
    expect(made).toHaveLength(1)
  })

  test('for a higher role raises a member, and one for no higher role is left', async () => {
    const person = await signUp(claw, { role: 'admin' })
    const accept = async (role: string) => {
      const token = tokenOf(await owner.rest('POST', '/invitations', { body: { role } }))
      return (await person.rest('POST', '/invitations/accept', { body: { token } })).body
    }
    expect(await accept('member')).toMatchObject({ code: 'conflict' })
    expect(await accept('owner')).toEqual({ status: 'signed_in' })
    expect((await person.rest('GET', '/me')).body.workspaces).toMatchObject([{ role: 'owner' }])
  })
})

describe('a workspace', () => {
  test('is one of fifty of one’s own at most, also when many are made at once', async () => {
    const person = await signUp(claw, { role: 'member' })
    const make = () => person.rest('POST', '/workspaces', { body: { name: 'Lab' } })
    const made = await Promise.all(Array.from({ length: 52 }, make))
    expect(made.filter(({ status }) => status === 201)).toHaveLength(50)
    expect((await make()).body).toMatchObject({ code: 'quota_exceeded' })
  })

  test('can be made by anybody who is signed in, and is apart from the others', async () => {
    const person = await signUp(claw, { role: 'member' })
    const made = await person.rest('POST', '/workspaces', { body: { name: ' Lab ' } })
    expect(made).toMatchObject({ status: 201, body: { name: 'Lab', role: 'owner' } })
    const headers = { 'x-clawlink-workspace': String(made.body.id) }
    expect((await person.rest('GET', '/workspace', { headers })).body).toMatchObject({ id: made.body.id, name: 'Lab' })
    expect((await person.rest('GET', '/members', { headers })).body.items).toMatchObject([{ id: person.personId }])
    expect((await owner.rest('GET', '/workspace', { headers })).status).toBe(404)
    expect((await owner.rest('PATCH', '/workspace', { headers, body: { name: 'Mine' } })).status).toBe(404)
    const renamed = await person.rest('PATCH', '/workspace', { headers, body: { name: 'Works' } })
    expect(renamed.body).toEqual({ id: made.body.id, name: 'Works' })
    expect((await person.rest('GET', '/workspace', { headers })).body.name).toBe('Works')
    expect((await owner.rest('GET', '/workspace')).body.name).toBe('Home')
    const { items } = (await person.rest('GET', '/audit?limit=10', { headers })).body
    const own = (items as { action: string }[]).map(({ action }) => action).filter(each => each.startsWith('workspace'))
    expect(own).toEqual(['workspace.renamed', 'workspace.created'])
  })

  test('always has an owner, also when two owners lower each other at once', async () => {
    const [a, b] = [await signUp(claw), await signUp(claw)]
    const workspaceId = await newWorkspace(a)
    const headers = { 'x-clawlink-workspace': workspaceId }
    const lower = (by: Person, id: string) => by.rest('PATCH', `/members/${id}`, { headers, body: { role: 'member' } })
    expect((await lower(a, a.personId)).body.code).toBe('conflict')
    expect((await a.rest('DELETE', `/members/${a.personId}`, { headers })).body.code).toBe('conflict')
    const token = tokenOf(await a.rest('POST', '/invitations', { headers, body: { role: 'owner' } }))
    await b.rest('POST', '/invitations/accept', { body: { token } })
    await Promise.all([lower(a, b.personId), lower(b, a.personId)])
    const owners = await claw.app.db.read
      .selectFrom('members')
      .select('person_id')
      .where('workspace_id', '=', workspaceId)
      .where('role', '=', 'owner')
      .execute()
    expect(owners).toHaveLength(1)
  })

  test('lets an owner leave when there is another', async () => {
    const leaving = await signUp(claw)
    expect((await leaving.rest('DELETE', `/members/${leaving.personId}`)).body).toMatchObject({ id: leaving.personId })
    expect((await leaving.rest('GET', '/me')).body.workspaces).toEqual([])
    expect((await leaving.rest('GET', '/members')).status).toBe(404)
  })
})

test('a member who is removed is out at once, with the keys that they made and the invitations', async () => {
  const admin = await signUp(claw, { role: 'admin' })
  const invited = await admin.rest('POST', '/invitations', { body: { role: 'member' } })
  const key = await admin.rest('POST', '/keys', { body: { agent: 'kept', environment: 'live' } })
  const asAgent = () => claw.rest('GET', '/whoami', { key: String(key.body.secret) })
  expect((await asAgent()).status).toBe(200)
  expect((await owner.rest('DELETE', `/members/${admin.personId}`)).body).toEqual({ id: admin.personId, keys: 1 })
  expect((await admin.rest('GET', '/members')).status).toBe(404)
  expect((await asAgent()).status).toBe(401)
  const read = await asBrowser(claw)('POST', '/invitations/read', { body: { token: tokenOf(invited) } })
  expect(read.status).toBe(404)
  expect((await owner.rest('DELETE', `/members/${admin.personId}`)).status).toBe(404)
})

test('a member who is removed keeps no key of others that they rotated', async () => {
  const admin = await signUp(claw, { role: 'admin' })
  const make = async () => (await owner.rest('POST', '/keys', { body: { agent: 'rotated', environment: 'live' } })).body
  const [theirs, other] = [await make(), await make()]
  const rotated = await admin.rest('POST', `/keys/${theirs.id}/rotate`, { body: {} })
  const statusOf = async (key: unknown) => (await claw.rest('GET', '/whoami', { key: String(key) })).status
  expect(await statusOf(rotated.body.secret)).toBe(200)
  expect((await owner.rest('DELETE', `/members/${admin.personId}`)).body).toEqual({ id: admin.personId, keys: 1 })
  expect([await statusOf(rotated.body.secret), await statusOf(other.secret)]).toEqual([401, 200])
})

async function newWorkspace(by: Person): Promise<string> {
  return String((await by.rest('POST', '/workspaces', { body: { name: 'Elsewhere' } })).body.id)
}
