/** Where a redirecting provider can lead a call, and where it cannot. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/sandbox/faults/fault.ts'
import { startSandbox } from '../../src/sandbox/start.ts'
import { startClawLink } from '../kit/clawlink.ts'
import { ask, play, surfaces } from '../kit/scenario.ts'
import { letter, write } from './tools.ts'

const whoami = { tool: 'sandbox_whoami', sent: ['GET /me'] }
const statuses = [301, 302, 303, 307, 308] as const
type Status = (typeof statuses)[number]
const redirect = (status: Status, location: string, times: number | 'always' = 1): Fault => ({
  kind: 'redirect',
  status,
  location,
  times,
})

describe('a read', () => {
  play(
    statuses.map(status => ({
      guarantee: `follows a ${status} within its provider, with its credential`,
      ...whoami,
      faults: [redirect(status, '/mail/folders')],
      sent: ['GET /me', 'GET /mail/folders'],
      status: 200,
      answer: { outcome: 'succeeded', data: { folders: [{}, {}, {}] } },
      providerStatus: 200,
    })),
  )

  play([
    {
      guarantee: 'follows three redirects and no fourth',
      ...whoami,
      faults: [redirect(302, '/me', 'always')],
      sent: ['GET /me', 'GET /me', 'GET /me', 'GET /me'],
      status: 502,
      answer: {
        outcome: 'failed',
        code: 'provider_unavailable',
        message: 'Sandbox: The provider redirects too often.',
      },
    },
    ...['ftp://files.example/me', 'javascript:alert(1)', 'file:///etc/passwd', 'http://'].map(location => ({
      guarantee: `does not follow to ${location}`,
      ...whoami,
      faults: [redirect(302, location)],
      status: 502,
      answer: { outcome: 'failed', code: 'provider_unavailable' } as const,
    })),
    ...[302, 304].map(status => ({
      guarantee: `has failed by a ${status} that leads nowhere`,
      ...whoami,
      faults: [{ kind: 'status', status } as const],
      status: 502,
      answer: { outcome: 'failed', code: 'provider_unavailable', providerStatus: status } as const,
    })),
  ])

  play(
    [
      'http://127.0.0.1:1/me',
      'http://127.1:1/me',
      'http://0x7f000001:1/me',
      'http://2130706433:1/me',
      'http://0.0.0.0:1/me',
      'http://10.0.0.1/me',
      'http://192.168.1.1/me',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]:1/me',
      'http://[::ffff:127.0.0.1]:1/me',
      'http://[fd00::1]/me',
      'http://localhost:1/me',
    ].map(location => ({
      guarantee: `is not led to the private address ${location}`,
      ...whoami,
      faults: [redirect(302, location)],
      status: 403,
      answer: { outcome: 'failed', code: 'policy_denied', message: expect.stringContaining('no owner allowed it') },
    })),
  )

  test.each(statuses)('leaves its credential behind when a %i leads to another host', async status => {
    await using other = await startSandbox()
    await using claw = await startClawLink({ config: { outboundAllow: [`127.0.0.1:${other.port}`] } })
    claw.sandbox.script(redirect(status, `http://mallory:pass@127.0.0.1:${other.port}/me#part`))
    await claw.call('sandbox_whoami')
    expect(other.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /me'])
    expect(Object.keys(other.requests[0]?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'connection',
      'host',
      'sandbox-version',
      'user-agent',
    ])
  })

  test('does not get its credential back when it is led home again', async () => {
    await using other = await startSandbox()
    await using claw = await startClawLink({ config: { outboundAllow: [`127.0.0.1:${other.port}`] } })
    claw.sandbox.script(redirect(302, `${other.url}/me`))
    other.script(redirect(302, `${claw.sandbox.url}/mail/folders`))
    const { body } = await claw.call('sandbox_whoami')
    expect(claw.sandbox.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${claw.sandbox.apiKey}`,
      undefined,
    ])
    expect(body).toMatchObject({ outcome: 'failed', providerStatus: 401 })
  })
})

describe('a write', () => {
  play([
    ...([301, 302, 303] as const).map(status => ({
      guarantee: `does not follow a ${status}: it may have happened`,
      ...write,
      faults: [redirect(status, '/mail/drafts')],
      status: 502,
      answer: { outcome: 'unknown', code: 'outcome_unknown' } as const,
    })),
    ...([307, 308] as const).map(status => ({
      guarantee: `follows a ${status} within its provider, which says that it did not act`,
      ...write,
      faults: [redirect(status, '/mail/drafts')],
      sent: [
        ['POST /mail/messages', letter],
        ['POST /mail/drafts', letter],
      ] as const,
      status: 200,
      answer: { outcome: 'succeeded', data: { folder: 'drafts' } } as const,
      providerStatus: 201,
    })),
    {
      guarantee: 'does not follow a 307 again and again',
      ...write,
      faults: [redirect(307, '/mail/messages', 'always')],
      sent: Array(4).fill(['POST /mail/messages', letter]),
      status: 502,
      answer: { outcome: 'unknown', code: 'outcome_unknown' },
    },
  ])

  describe.each(surfaces)('over %s', surface => {
    test.each([307, 308] as const)('does not carry its body to another host by a %i', async status => {
      await using other = await startSandbox()
      await using claw = await startClawLink({ config: { outboundAllow: [`127.0.0.1:${other.port}`] } })
      claw.sandbox.script(redirect(status, `${other.url}/mail/messages`))
      const { answer } = await ask(claw, surface, write)
      expect(answer).toMatchObject({ outcome: 'unknown', code: 'outcome_unknown' })
      expect(other.requests).toEqual([])
    })
  })
})
