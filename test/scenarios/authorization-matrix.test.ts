/**
 * Every REST route, asked by everybody who could ask. What to expect derives from the OpenAPI document and the table of
 * permissions; a route without a rule, or with an id that this test cannot make, fails.
 */
import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PermissionName, permissions } from '../../src/accounts/permissions.ts'
import { startSession } from '../../src/accounts/sessions.ts'
import type { May } from '../../src/http/require-principal.ts'
import { restRoutes } from '../../src/http/rest/routes.ts'
import { startClawLink, type TestClawLink } from '../kit/clawlink.ts'
import { changedSince, copyOf, rowsNow } from '../kit/copies.ts'
import { addMember } from '../kit/member.ts'
import { otherWorkspace } from '../kit/other-workspace.ts'
import { type Foreign, foreignThings, sampleBody, snapshot } from './authorization-matrix.ts'

const callers = ['nobody', 'revoked key', 'expired session', 'key', 'managing key', 'member', 'admin', 'owner'] as const
type Caller = (typeof callers)[number]
const roles = ['owner', 'admin', 'member'] as const

let claw: TestClawLink
let things: Foreign
/** Everything that is there, as it stays. */
let rows: Awaited<ReturnType<typeof rowsNow>>
let document: { paths: Record<string, Record<string, Record<string, unknown>>> }
/** One person per role in the workspace under test, and one who owns another workspace. */
const people = new Map<string, string>()
const keys = new Map<string, string>()

beforeAll(async () => {
  // Nothing but the requests changes anything.
  claw = await startClawLink({ config: { roles: ['web'] } })
  for (const role of roles) people.set(role, await person(role, claw.app.workspaceId, role))
  const elsewhere = await otherWorkspace(claw)
  people.set('owner elsewhere', await person('elsewhere', elsewhere.workspaceId, 'owner'))
  keys.set('key', await claw.newKey({ scope: {} }))
  keys.set('managing key', await claw.newKey({ scope: { manageConnections: true } }))
  keys.set('key elsewhere', elsewhere.key)
  const revoked = await claw.newKey({ scope: {} })
  keys.set('revoked key', revoked)
  await claw.app.db.write(tx =>
    tx.updateTable('keys').set({ revoked_at: 1 }).where('hash', '=', hash('sha256', revoked)).execute(),
  )
  document = JSON.parse((await claw.http({ method: 'GET', path: '/api/openapi.json' })).text)
  things = await foreignThings(claw, people.get('owner') ?? '')
  rows = await rowsNow(claw)
})
afterAll(() => claw.stop())

describe.each(restRoutes.map(route => ({ name: `${route.method.toUpperCase()} ${route.path}`, route })))(
  '$name',
  ({ route }) => {
    test.each(callers)('lets %s through exactly as its rule says', async caller => {
      const { status, body } = await ask(route, caller, { id: unknownId, body: undefined })
      expect(status, JSON.stringify(body)).not.toBe(500)
      const letThrough = status !== 401 && !(status === 403 && body.code === 'forbidden')
      // Wrong tokens and passwords are refused with 401 too: on open routes that is the route's own answer, not its door.
      if (route.may !== 'open')
        expect({ caller, letThrough }).toEqual({ caller, letThrough: mayPass(caller, route.may) })
      // An owner has nobody to ask.
      if (caller === 'owner' && !letThrough) expect(body.fix).not.toContain('Ask an owner')
    })

    test('says its rule in the OpenAPI document', () => {
      expect(document.paths[route.path]?.[route.method]?.['x-clawlink-may']).toBe(route.may)
      expect(route.may === 'open' || route.may === 'person' || route.may in permissions).toBe(true)
    })

    if (!route.path.includes('{')) return
    test('knows nothing of another workspace’s things', async () => {
      const id = things.idFor(route.path)
      if (id === undefined) return // about no workspace's things; idFor fails for a path it does not know
      const before = await snapshot(claw)
      for (const caller of [
        'owner elsewhere',
        'owner elsewhere, asking for this workspace',
        'key elsewhere',
      ] as const) {
        const body = sampleBody(route)
        const real = await ask(route, caller, { id, body })
        const madeUp = await ask(route, caller, { id: unknownId, body })
        expect({ caller, status: real.status }).toEqual({ caller, status: madeUp.status })
        expect([401, 403, 404]).toContain(real.status)
        expect(withoutId(real.text, id)).toBe(withoutId(madeUp.text, unknownId))
      }
      expect(await snapshot(claw)).toEqual(before)
    })

    if (route.method === 'get' || !mayPass('owner', route.may)) return
    test('changes the thing that it names and no other', async () => {
      const id = things.idFor(route.path)
      if (id === undefined) return
      const copied = (await copyOf(claw, rows))(id)
      if (copied === id) return // of a kind that has tests of its own
      const { status, body } = await ask(route, 'owner', { id: copied, body: sampleBody(route) })
      expect(status, JSON.stringify(body)).toBeLessThan(500)
      expect(await changedSince(claw, rows)).toEqual([])
    })
  },
)

const unknownId = 'none_00000000000000000000000000000000'
const withoutId = (text: string, id: string) => text.replaceAll(id, '<id>')

function mayPass(caller: Caller, may: May): boolean {
  const role = roles.find(each => each === caller)
  if (may === 'open') return true
  if (may === 'person') return role !== undefined
  const { roles: allowed, keys: ofKeys } = permissions[may satisfies PermissionName]
  if (role) return allowed.some(each => each === role)
  if (caller === 'managing key') return ofKeys !== false
  return caller === 'key' && (ofKeys === true || ofKeys === 'unless_scoped')
}

/** Sessions are made for each request, so that ending one disturbs no other. */
async function person(name: string, workspaceId: string, role: (typeof roles)[number]): Promise<string> {
  return (await addMember(claw.app.db, claw.clock.now(), { name, role, workspaceId })).id
}

type Asker = Caller | 'owner elsewhere' | 'owner elsewhere, asking for this workspace' | 'key elsewhere'

async function ask(
  { method, path }: (typeof restRoutes)[number],
  caller: Asker,
  { id, body }: { id: string; body: unknown },
) {
  const answer = await claw.http({
    method: method.toUpperCase(),
    path: `/api/v1${path.replace(/\{\w+\}/g, id)}`,
    headers: { 'content-type': 'application/json', origin: claw.url, ...(await proof(caller)) },
    body: method === 'get' || method === 'delete' ? undefined : JSON.stringify(body ?? {}),
  })
  return { status: answer.status, text: answer.text, body: JSON.parse(answer.text) }
}

async function proof(caller: Asker): Promise<Record<string, string>> {
  if (caller === 'nobody') return {}
  const key = keys.get(caller)
  if (key !== undefined) return { authorization: `Bearer ${key}` }
  const name = caller === 'expired session' ? 'owner' : caller.split(',', 1)[0]
  const personId = people.get(name ?? '') ?? ''
  const startedAt = caller === 'expired session' ? claw.clock.now() - 100 * 24 * 60 * 60 * 1000 : claw.clock.now()
  const { token } = await claw.app.db.write(tx =>
    startSession(tx, startedAt, { personId, origin: { address: '127.0.0.1', client: 'test' } }),
  )
  return {
    cookie: `clawlink_session=${token.reveal()}`,
    ...(caller.endsWith('this workspace') && { 'x-clawlink-workspace': claw.app.workspaceId }),
  }
}
